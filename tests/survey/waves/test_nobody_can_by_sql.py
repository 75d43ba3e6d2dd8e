"""With the program's own role in the database, what was frozen, drawn, called and logged stays as it was."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from huying.base.phones import Vault
from huying.ledger.tree import leaf_hash, root
from huying.store.db import Database
from survey.fieldwork.operations import batches
from survey.models import LEDGER, FrameUnit, SampleUnit
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.conftest import Led
from tests.survey.stories import Interviewer, enrol, in_field, works_through

DEEDS = {
    "move a household of the frozen frame": "UPDATE frame_unit SET stratum = 'G2'",
    "drop a household of the frozen frame": "DELETE FROM frame_unit",
    "swap what was committed to": "UPDATE frame_unit SET commitment = '0'",
    "swap a household behind its code": "UPDATE frame_unit SET household_code = 'G1-0'",
    "change the frame's fingerprint": "UPDATE wave SET frame_root = '0'",
    "change the sealed rules": "UPDATE wave SET rules = '{}'",
    "name another event": "UPDATE wave SET beacon_source = 'dice:better'",
    "write another value": "UPDATE wave SET beacon_value = '1'",
    "draw under another key": "UPDATE wave SET draw_key = '0'",
    "let the wave never have been": "DELETE FROM wave",
    "draw more of a grid": "UPDATE wave_stratum SET sample_size = sample_size + 1",
    "make a replicate smaller": "UPDATE wave_stratum SET replicate_size = 0",
    "exchange a sealed part": "UPDATE wave_party SET part = '0'",
    "let a party never have sealed": "DELETE FROM wave_party",
    "swap a drawn unit": "UPDATE sample_unit SET rank = rank + 100",
    "drop a drawn unit": "DELETE FROM sample_unit",
    "drop a drawn case": "DELETE FROM sampled_case",
    "move a drawn case to another grid": "UPDATE sampled_case SET stratum = 'G2'",
    "drop an attempt": "DELETE FROM attempt",
    "date an attempt back": "UPDATE attempt SET started_at = '2020-01-01 00:00:00'",
    "change an answer": "UPDATE answer SET value = '5'",
    "drop an answer": "DELETE FROM answer",
    "drop an outcome": "DELETE FROM outcome",
    "change the final outcome of a case": "UPDATE sampled_case SET final_code = 'refusal_person'",
    "take a final outcome back": "UPDATE sampled_case SET final_code = NULL",
    "make a sealed answer better": "UPDATE answer_commitment SET answer = 5",
    "seal a sealed answer anew": "UPDATE answer_commitment SET nonce = '0'",
    "bind other answers": "UPDATE answer_commitment SET binding_nonce = '0'",
    "drop a sealed answer": "DELETE FROM answer_commitment",
    "take a day's answers out of their batch": "DELETE FROM answer_batch",
    "move a day's answers": "UPDATE answer_batch SET entry = entry + 1",
    "change the sealed groups": "UPDATE wave SET groups = ''",
    "change the sealed terms": "UPDATE wave SET terms = '{}'",
    "change the sealed outcomes": "UPDATE wave SET codes = ''",
    "say another minute of a call": "UPDATE attempt SET minute_nonce = '0'",
    "edit the ledger": "UPDATE log_entry SET at = '2020-01-01 00:00:00'",
    "shorten the ledger": "DELETE FROM log_entry WHERE idx > 2",
    "edit the ledger's tree": "DELETE FROM log_node",
}


def called(database: Database, vault: Vault) -> None:
    """Lead a wave to the evening of its first day, everybody called."""
    in_field(database, {"G1": (9, 3, 2), "G2": (6, 2, 1)}, vault=vault)
    interviewer = Interviewer(database, enrol(database)[0], vault=vault)
    with database.reading() as session:
        units = list(session.scalars(select(SampleUnit.unit)))
    works_through(interviewer, dict.fromkeys(units, 1), start=NOW)
    with database.transaction() as session:
        batches.seal(session, "w1", on="2026-11-23", now=NOW)


@pytest.fixture
def wave(led: Led) -> Database:
    """A wave in the field with a finished interview in it."""
    return led("called", called)


def _everything(database: Database) -> dict[str, list[str]]:
    tables = ("frame_unit", "wave", "wave_stratum", "wave_party", "sample_unit", "sampled_case", "attempt")
    with database.reading() as session:
        more = ("answer", "answer_commitment", "answer_batch", "outcome", "log_entry", "log_node")
        return {
            name: sorted(map(repr, session.execute(text(f"SELECT * FROM {name}"))))
            for name in (*tables, *more)
        }


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_can(wave, deed):
    before = _everything(wave)
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(wave) as session:
        session.execute(text(DEEDS[deed]))
    assert _everything(wave) == before


def test_a_household_that_was_not_drawn_cannot_be_put_in_the_field(wave):
    with wave.reading() as session:
        drawn = select(SampleUnit.unit)
        other = session.scalar(select(FrameUnit.unit).where(FrameUnit.unit.not_in(drawn)))
    columns = "unit, wave_label, stratum, state, next_due, priority, counted, rank, fence, tab"
    with pytest.raises(DBAPIError), wave.transaction() as session:
        session.execute(
            text(
                f"INSERT INTO sampled_case ({columns}) VALUES "
                "(:unit, 'w1', 'G1', 'queued', '2026-12-01', 3, 0, 9, 0, '')"
            ),
            {"unit": other},
        )


def test_twenty_writers_cannot_fork_the_ledger(survey_db):
    together = threading.Barrier(20)
    failed: list[BaseException] = []

    def write(place: int) -> None:
        together.wait()
        try:
            for number in range(5):
                with survey_db.transaction() as session:
                    LEDGER.append(session, f'{{"n":{number},"w":{place}}}'.encode(), at=NOW)
        except BaseException as fault:  # noqa: BLE001 - told below
            failed.append(fault)

    threads = [threading.Thread(target=write, args=(place,)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with survey_db.reading() as session:
        lines = LEDGER.lines(session)
        assert len(lines) == len(set(lines)) == 100
        assert LEDGER.root(session, 100) == root(leaf_hash(line) for line in lines)
