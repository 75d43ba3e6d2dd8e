"""What somebody with the owner's rights changes in the database shows, and nothing is computed from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import batches, close
from survey.fieldwork.operations.close import EarlyEnd
from survey.fieldwork.queries import bound_answers
from survey.models import LEDGER, Wave
from survey.scores.operations import releasing
from survey.scores.queries import score_inputs
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.conftest import Led
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, lines
from tests.survey.stories import END, NOT_AWARE, content, ended, in_field, works_through

DEEDS = {
    "makes a headline answer better, and its sealed form too": (
        "UPDATE answer SET value = '5' WHERE item = 'G1'",
        "UPDATE answer_commitment SET answer = 5",
    ),
    "makes the headline answer better alone": ("UPDATE answer SET value = '5' WHERE item = 'G1'",),
    "changes an answer to another question": ("UPDATE answer SET value = '2' WHERE item = 'A2'",),
    "makes the sealed answer better alone": ("UPDATE answer_commitment SET answer = 5",),
    "moves an answer to another stratum": ("UPDATE answer_commitment SET stratum = 'G2'",),
    "takes a poor answer away": (
        "DELETE FROM answer_batch",
        "DELETE FROM answer_commitment WHERE answer = 2",
    ),
}
"""By SQL, the triggers dropped: what the program's own role can't do is in test_nobody_can_by_sql."""


def _called(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (9, 3, 0), "G2": (9, 2, 0)}, vault=vault)
    told = answers(database, G1=[4, 2, 4], G2=[3, 4])
    works_through(an_interviewer(database, vault), told)


@pytest.fixture
def field(led: Led) -> Database:
    """Two grids, all called on one day."""
    return led("called on one day", _called)


def without_triggers(database: Database, *statements: str) -> None:
    """Do this as the owner of the database, who can drop what would refuse it."""
    with as_owner(database) as session:
        if session.get_bind().dialect.name == "postgresql":
            tables = ("answer", "answer_commitment", "answer_batch")
            off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        else:
            names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            off = [f"DROP TRIGGER {name}" for (name,) in names if name.startswith("answer")]
        for statement in (*off, *statements):
            session.execute(text(statement))


@pytest.mark.parametrize("when", ["before the day's batch", "after it"])
@pytest.mark.parametrize("deed", DEEDS)
def test_the_release_is_refused_when_the_owner(field, vault, deed, when):
    if when == "after it":
        with field.transaction() as session:
            batches.seal(session, "w1", on="2026-11-23", now=NOW)
    without_triggers(field, *DEEDS[deed])
    with pytest.raises(Refused, match="与账本里封存的不一致"), field.transaction() as session:
        ended(session, keys=vault.keys)
    assert not any(line["t"] == "score" for line in lines(field))


def test_untouched_answers_are_read(field, vault):
    with field.transaction() as session:
        ended(session, keys=vault.keys)
        found = bound_answers.read(session, session.get_one(Wave, "w1"))
    assert sorted(given["G1"] for given in found.values()) == [2, 3, 4, 4, 4]
    assert all(given["A1"] == 1 for given in found.values())


def _two_called(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (9, 2, 0)}, vault=vault)
    person = an_interviewer(database, vault)
    for number, said in enumerate((NOT_AWARE, content(4))):
        at = NOW + timedelta(minutes=number)
        person.takes_next(at)
        person.completes(said, at)


@pytest.fixture
def silent(led: Led) -> Database:
    """One household that doesn't know the worker, and one that does."""
    return led("called, one rated nothing", _two_called)


def test_who_rated_nothing_is_bound_and_counts_among_all_completes(silent, vault):
    finals = [line for line in lines(silent) if line["t"] == "final"]
    assert sorted(line["code"] for line in finals) == ["complete", "complete_other"]
    assert len({line["a"] for line in finals}) == 2
    with silent.transaction() as session:
        ended(session, keys=vault.keys)
        found = bound_answers.read(session, session.get_one(Wave, "w1"))
        inputs = score_inputs.of_wave(session, "w1")
    assert sorted(given["A1"] for given in found.values()) == [1, 3]
    said = [unit.said["awareness"] for unit in inputs.units.values()]
    assert sorted(said) == [0, 1]


def test_who_rated_nothing_is_missed_too_when_somebody_changes_it(silent, vault):
    without_triggers(silent, "UPDATE answer SET value = '1' WHERE item = 'A1'")
    with pytest.raises(Refused, match="与账本里封存的不一致"), silent.transaction() as session:
        ended(session, keys=vault.keys)


def test_the_first_call_of_a_day_comes_after_the_last_day_s_answers(survey_db, vault):
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    person = an_interviewer(survey_db, vault)
    told = answers(survey_db, G1=[4, 2, 4])
    for day in range(3):
        person.takes_next(NOW + timedelta(days=day))
        person.completes({**CONTENT, "G1": str(told[person.unit])}, NOW + timedelta(days=day))
    days = [(line["t"], line["day"]) for line in lines(survey_db) if line["t"] in {"attempt", "answers"}]
    first, second, third = "2026-11-23", "2026-11-24", "2026-11-25"
    assert days == [
        ("attempt", first),
        ("answers", first),
        ("attempt", second),
        ("answers", second),
        ("attempt", third),
    ]


CONTENT = {
    "C1": "1", "S1": "1", "S3": "1", "S2A": "1", "S2B": "1",
    "A1": "1", "A2": "1", "A3": "1", "A4A": "1", "A4": "1", "V1": "1", "E1": "2",
}  # fmt: skip


def test_in_the_evening_the_day_is_sealed_once(field):
    with field.transaction() as session:
        # At any hour somebody may still be called, so the day ends with its date.
        assert batches.seal_day(session, now=NOW + timedelta(hours=11)) == 0
        assert batches.seal_day(session, now=NOW + timedelta(days=1)) == 5
        assert batches.seal_day(session, now=NOW + timedelta(days=1)) == 0
    (batch,) = [line for line in lines(field) if line["t"] == "answers"]
    assert batch["day"] == "2026-11-23"


def test_more_unworked_than_was_sealed_ends_early_by_two_people_alone(survey_db, vault):
    from dataclasses import replace

    from tests.survey.stories import QUICK

    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault, rules=replace(QUICK, unworked=20))
    with pytest.raises(Refused, match="两个人按提前结束办理"), survey_db.transaction() as session:
        close.close(session, "w1", now=END)
    with pytest.raises(Refused, match="两个不同角色"):
        EarlyEnd(("supervisor:s", "supervisor:t"), "no_money")
    early = EarlyEnd(("draw_officer:d", "supervisor:s"), "no_money")
    with survey_db.transaction() as session:
        close.close(session, "w1", now=NOW, early=early)
        releasing.estimate(session, "w1", now=NOW)
        releasing.publish(session, "w1", keys=vault.keys, now=NOW)
    entry = next(line for line in lines(survey_db) if line["t"] == "close")
    assert (entry["result"], entry["by"], len(entry["unworked"])) == ("early", sorted(early.by), 3)
    with survey_db.reading() as session:
        assert b'"t":"score"' in LEDGER.lines(session)[-1]
