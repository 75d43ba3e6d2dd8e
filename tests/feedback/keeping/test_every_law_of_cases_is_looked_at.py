"""`huying feedback check` recomputes what is stored: whatever is changed under the rules is named."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from feedback.cases.operations import handling, retention
from feedback.models import Case
from feedback.side import SIDE
from tests.conftest import NOW
from tests.feedback.town import Town
from tests.support import kept
from tests.support.owner import as_owner

LEDGER, GUARDS, ROWS, STEPS, STATES, HOURS, RATINGS, DEPOSITS = range(8)
FIRST = "(SELECT min(id) FROM help_case)"
STEP = f"(SELECT min(id) FROM case_step WHERE case_id = {FIRST})"
CHANGES = {
    "a line": (
        LEDGER,
        "log_entry",
        "UPDATE log_entry SET body = (SELECT body FROM log_entry WHERE idx = 1) WHERE idx = 2",
    ),
    "a signed root": (
        LEDGER,
        "log_checkpoint",
        "UPDATE log_checkpoint SET note = replace(note, 'local', 'lokal')",
    ),
    "a poster that the ledger names": (ROWS, "poster", "UPDATE poster SET dial_code = '990009'"),
    "an event": (STEPS, "case_step", f"UPDATE case_step SET event = 'reply' WHERE id = {STEP}"),
    "words of a step": (STEPS, "case_step", f"UPDATE case_step SET note = '看过了' WHERE id = {STEP} + 1"),
    "what was asked": (STEPS, "help_case", f"UPDATE help_case SET text = '没有事' WHERE id = {FIRST}"),
    "a holder": (STATES, "help_case", f"UPDATE help_case SET holder = 'worker' WHERE id = {FIRST}"),
    "when it began": (
        HOURS,
        "help_case",
        f"UPDATE help_case SET opened_at = (SELECT min(valid_from) FROM duty) WHERE id = {FIRST}",
    ),
    "a rating": (RATINGS, "rating", "UPDATE rating SET solved = 'solved' WHERE solved IS NOT NULL"),
    "a deposit": (DEPOSITS, "deposit_run", "UPDATE deposit_run SET sha256 = '0'"),
}


def test_nothing_is_named_where_nobody_changed_anything(here):
    assert kept.broken(SIDE, here) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_under_the_rules_is_named(here, what):
    law, table, statement = CHANGES[what]
    kept.change(here, table, statement)
    assert kept.named(SIDE, here, law) != ()


def test_a_case_that_is_gone_is_named(here):
    with as_owner(here.database) as session:
        newest = session.query(Case).order_by(Case.id.desc()).first()
        code = newest.code
        session.execute(text(f"UPDATE help_case SET code = 'other' WHERE id = {newest.id}"))
    assert any(code in name for name in kept.named(SIDE, here, ROWS))


def test_a_trigger_that_is_gone_is_named(here, engine_name):
    rest = {"sqlite": "DROP TRIGGER {}", "postgresql": "ALTER TABLE case_step DISABLE TRIGGER {}"}
    with as_owner(here.database) as session:
        for name in kept.guards_of(session, "case_step")[:1]:
            session.execute(text(rest[engine_name].format(name)))
    assert any(name in each for each in kept.named(SIDE, here, GUARDS))


def test_what_a_resident_had_erased_breaks_nothing(here):
    town = Town(here.database, here.vault, NOW)
    case = town.open(once="form-erased-00001").case
    with here.database.transaction() as session:
        handling.withdraw(session, case.id, now=NOW)
        retention.erase(session, case.id, now=NOW)
    assert kept.broken(SIDE, here) == {}
