"""A drawn test call asks whether somebody is reached: the public side can't tell it from a resident's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.calls.operations import calls
from feedback.calls.operations.legs import CallLine
from feedback.deposit import operations
from feedback.models import Base, Call, CallLeg, CallRecord, Case
from feedback.posters.operations import posters
from huying.deposit import archive
from huying.deposit.sealing import new_keypair
from huying.ledger.keys import verifier_key
from huying.telephony.voice import CallEvent as Event
from tests.feedback.town import Town, build

RESIDENT, CALL_CENTRE = "+99913811111", "+99910100000"
SECRET = {"id", "call", "case_id", "call_id", "code", "once", "at", "opened_at", "due_at", "raw", "began_at"}
PERIOD, ORIGIN = "2026W47", "huying.example/public"
LINE = CallLine("12345", lambda _number: True)


@pytest.fixture
def town(public_db, vault, now) -> Town:
    with public_db.transaction() as session:
        build(session, vault=vault, now=now)
    return Town(public_db, vault, now)


def dial(town: Town, caller: str, *, call: str) -> None:
    story = [("start", {}), ("digits", {"digits": "572005"}), ("digits", {"digits": "1"})]
    story += [
        ("leg", {"leg": 1, "result": "no_answer"}),
        ("leg", {"leg": 2, "result": "no_answer"}),
        ("end", {}),
    ]
    for number, (kind, more) in enumerate(story):
        event = Event("http", call, kind, f"{kind}/{number}", caller=caller, **more)
        with town.database.transaction() as session:
            calls.handle(session, event, line=LINE, vault=town.vault, now=town.now)
    with town.database.transaction() as session:
        calls.settle(session, vault=town.vault, now=town.now + timedelta(minutes=1))


def left_by(town: Town, model: type) -> list[dict[str, object]]:
    with town.database.reading() as session:
        rows = session.execute(select(model.__table__)).mappings().all()
    shown = [{name: value for name, value in row.items() if name not in SECRET} for row in rows]
    return [{n: v for n, v in row.items() if not isinstance(v, bytes)} for row in shown]


@pytest.mark.parametrize("model", [Call, CallRecord, CallLeg, Case], ids=lambda model: model.__tablename__)
def test_it_leaves_what_a_resident_s_call_leaves(town, model):
    dial(town, RESIDENT, call="one")
    dial(town, CALL_CENTRE, call="other")
    rows = left_by(town, model)
    assert len(rows) > 1
    half = len(rows) // 2
    assert rows[:half] == rows[half:]


def test_every_live_poster_is_deposited_whatever_was_called(town):
    with town.database.transaction() as session:
        other = posters.issue(session, grid_code="G2", location="门卫室", now=town.now)
        gone = posters.issue(session, grid_code="G2", location="旧车棚", now=town.now)
        posters.retire(session, gone.code, reason="torn", replaced_by=None, now=town.now)
        posters.mark_posted(session, "7K3M9QDA", now=town.now)
        expected = {("572005", "G1", "posted"), (other.dial_code, "G2", "issued")}
    dial(town, CALL_CENTRE, call="one")
    assert deposited(town) == expected


def deposited(town: Town) -> set[tuple[str, str, str]]:
    keys = town.vault.keys
    _private, public = new_keypair()
    keys.put(operations.RECIPIENT, public)
    with town.database.transaction() as session:
        made = operations.make(session, period=PERIOD, keys=keys, origin=ORIGIN, now=town.now)
    read = archive.read(made.file, vkey=verifier_key(ORIGIN, key=keys.signing(operations.SIGNING)).text)
    return {(row["code"], row["area"], row["state"]) for row in read.tables["posters"]}


def test_no_column_of_the_public_side_speaks_of_tests_or_samples():
    words = ("test", "sample", "drawn", "wave", "survey")
    names = [f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.c]
    assert [name for name in names if any(word in name for word in words)] == []
