"""`huying survey check` recomputes what is stored: whatever is changed under the rules is named."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from huying.base import clock
from huying.ledger.witnessed import SIGNING
from survey.fieldwork.operations import erasing
from survey.models import LEDGER as LEDGER_TABLES
from survey.models import Account, Attempt, SampledCase, Wave
from survey.side import SIDE
from survey.waves.rules import deadlines
from tests.support import kept
from tests.support.owner import as_owner
from tests.survey import world

LEDGER, CAMPAIGNS, GUARDS, REGISTRY, DEPOSITS, SAMPLE, LOGGED, DERIVED, ANSWERS, BOARD, SCORES = range(11)
ONE = "(SELECT min(unit) FROM sampled_case WHERE final_code = 'complete')"
SILENT = "(SELECT min(unit) FROM sampled_case WHERE final_code <> 'complete')"
CHANGES = {
    "a line of the ledger": (
        LEDGER,
        "log_entry",
        "UPDATE log_entry SET body = (SELECT body FROM log_entry WHERE idx = 4) WHERE idx = 5",
    ),
    "a hash of the tree": (LEDGER, "log_node", "UPDATE log_node SET hash = 'x' WHERE level = 2 AND idx = 1"),
    "a line of campaigns": (
        CAMPAIGNS,
        "campaign_entry",
        "INSERT INTO campaign_entry (idx, at, body) SELECT 0, at, body FROM log_entry WHERE idx = 0",
    ),
    "a household that left": (
        REGISTRY,
        "household",
        "UPDATE household SET left_at = changed_at WHERE code = (SELECT min(code) FROM household)",
    ),
    "a drawn ticket": (SAMPLE, "sample_unit", f"UPDATE sample_unit SET ticket = '0' WHERE unit = {ONE}"),
    "a household of the frame": (
        SAMPLE,
        "frame_unit",
        f"UPDATE frame_unit SET commitment = '0' WHERE unit = {ONE}",
    ),
    "a logged outcome": (LOGGED, "outcome", f"UPDATE outcome SET code = 'refusal_person' WHERE unit = {ONE}"),
    "how an attempt ended": (
        DERIVED,
        "attempt",
        f"UPDATE attempt SET code = 'refusal_person' WHERE unit = {SILENT}",
    ),
    "an answer": (ANSWERS, "answer", f"UPDATE answer SET value = '3' WHERE item = 'A1' AND unit = {ONE}"),
    "a count of the board": (
        BOARD,
        "field_count",
        "UPDATE field_count SET n = n + 1 WHERE id = (SELECT min(id) FROM field_count)",
    ),
    "a score": (SCORES, "score_release", "UPDATE score_release SET body = replace(body, '0', '1')"),
}


def test_nothing_is_named_where_nobody_changed_anything(here):
    assert kept.broken(SIDE, here) == {}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_under_the_rules_is_named(here, what):
    law, table, statement = CHANGES[what]
    kept.change(here, table, statement)
    assert kept.named(SIDE, here, law) != ()


def test_a_signed_root_that_is_not_the_lines_is_named(here):
    with here.database.transaction() as session:
        LEDGER_TABLES.checkpoint(session, origin=here.ledger_origin, key=here.keys.signing(SIGNING))
    assert kept.named(SIDE, here, LEDGER) == ()
    kept.change(
        here, "log_checkpoint", "UPDATE log_checkpoint SET size = size - 1, note = replace(note, '0', '1')"
    )
    assert kept.named(SIDE, here, LEDGER) != ()


def test_a_deposit_whose_lines_give_another_root_is_named(here):
    with here.database.transaction() as session:
        other = world.deposit_made(clock.now(), period="2026W50")
        other.checkpoint = other.checkpoint.replace("\n0\n", "\n1\n")
        session.add(other)
    assert kept.named(SIDE, here, DEPOSITS) == ("2026W50",)


def test_an_instant_just_before_its_next_second_is_counted_alike(at):
    here, began = at("open"), clock.now().replace(minute=10, second=10, microsecond=0)
    with here.database.transaction() as session:
        unit, caller = session.scalar(select(SampledCase.unit)), session.scalar(select(Account.id))
        attempt = Attempt(unit=unit, n=1, interviewer_id=caller, started_at=began, window="W1")
        session.add(attempt)
        session.flush()
        attempt.dialled_at = began.replace(minute=59, second=59, microsecond=999_600)
        session.flush()
        attempt.ended_at = began.replace(minute=59, second=59, microsecond=999_700)
        attempt.ended_by, attempt.code = "interviewer", "no_answer"
    assert kept.named(SIDE, here, BOARD) == ()


def test_a_trigger_that_is_gone_is_named(here, engine_name):
    rest = {
        "sqlite": ("DROP TRIGGER answer_no_update", "answer_no_update"),
        "postgresql": ("ALTER TABLE answer DISABLE TRIGGER answer_no_change", "answer.answer_no_change"),
    }
    statement, name = rest[engine_name]
    with as_owner(here.database) as session:
        session.execute(text(statement))
    assert name in kept.named(SIDE, here, GUARDS)


def test_answers_that_were_erased_in_their_time_break_nothing(here):
    with here.database.reading() as session:
        over = session.get_one(Wave, world.WAVE).closed_at + deadlines.APPEAL
        assert erasing.overdue(session, now=over) == [world.WAVE]
    with as_owner(here.database) as session:
        erasing.erase(session, world.WAVE, now=over)
    assert kept.broken(SIDE, here) == {}
    with here.database.reading() as session:
        assert erasing.overdue(session, now=over) == []
