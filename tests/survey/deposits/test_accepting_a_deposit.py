"""A deposit is accepted whole or not at all, once, and in the order of its periods."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from huying.base.errors import Refused
from huying.deposit import archive
from huying.ledger import note, tree
from huying.ledger.keys import verifier_key
from huying.store.db import Database
from survey.deposits.operations.accept import accept
from survey.deposits.queries import case_history, confirmed_by
from survey.models import LEDGER, Area, Deposit, DepositedCase, ListEntry, Post, RatingCount
from tests.conftest import NOW

ORIGIN = "public.example"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = verifier_key(ORIGIN, key=KEY).text
LOG_VKEY = verifier_key(f"{ORIGIN}/log", key=KEY).text
AT = "2026-11-23T02:00:00Z"
SEALED = "0123abcd.AAAA"

AREAS = [
    {"code": "C", "parent": "", "level": "city", "name": "云川市", "grid_type": ""},
    {"code": "G1", "parent": "C", "level": "grid", "name": "第1网格", "grid_type": "old"},
]
POST = {
    "code": "P1",
    "area": "G1",
    "staff": "W1",
    "valid_from": AT,
    "valid_to": "",
    "stale_hours": "1.5",
    "contact": SEALED,
}
CASE = {
    "code": "C1",
    "area": "G1",
    "category": "噪音",
    "source": "poster",
    "state": "declared",
    "opened": AT,
    "due": AT,
    "declared": "",
    "custody_seconds": '{"worker":60}',
    "whistles": "[]",
    "contact": "",
}
RATING = {
    "code": "G1/worker/conduct",
    "area": "G1",
    "holder": "worker",
    "item": "conduct",
    "invited": "9",
    "delivered": "8",
    "answered": "3",
    "options": '{"5":3}',
}
LISTED = {"code": "L1", "staff": "W1", "area": "G1", "handed_in": AT, "contact": SEALED, "address": ""}
TABLES = {"areas": AREAS, "posts": [POST], "cases": [CASE], "ratings": [RATING], "lists": [LISTED]}


LINES = tuple(f'{{"c":"C{n}","t":"case.open"}}'.encode() for n in range(1, 20))
"""The public ledger: nineteen cases were opened."""


def checkpoint(size: int, *, lines: tuple[bytes, ...] = LINES, key: Ed25519PrivateKey = KEY) -> str:
    root = tree.root(map(tree.leaf_hash, lines[:size]))
    return note.sign_checkpoint(note.Checkpoint("public.example/log", size, root), key=key)


def deposit(
    period: str = "2026W48",
    *,
    origin: str = ORIGIN,
    size: int = 7,
    since: int = 0,
    lines: tuple[bytes, ...] = LINES,
    signed: str = "",
    **tables: object,
) -> bytes:
    return archive.write(
        TABLES | tables,
        origin=origin,
        period=period,
        made_at=datetime(2026, 11, 30, 2, tzinfo=UTC),
        ledger_checkpoint=signed or checkpoint(size, lines=lines),
        signing_key=KEY,
        entries=lines[since:size],
    )


def take(
    database: Database, data: bytes, *, vkey: str = VKEY, log_vkey: str = LOG_VKEY, now: datetime = NOW
) -> Deposit:
    with database.transaction() as session:
        return accept(session, data, vkey=vkey, log_vkey=log_vkey, now=now)


def counts(database: Database) -> list[int]:
    models = (Deposit, Area, Post, DepositedCase, RatingCount, ListEntry)
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


def test_every_table_is_stored_and_the_digest_logged(survey_db: Database) -> None:
    data = deposit()
    kept = take(survey_db, data)
    assert counts(survey_db) == [1, 2, 1, 1, 1, 1]
    with survey_db.reading() as session:
        (entry,) = map(json.loads, LEDGER.lines(session))
        assert session.get_one(Post, ("2026W48", "P1")).valid_from == datetime(2026, 11, 23, 2, tzinfo=UTC)
        assert session.get_one(DepositedCase, ("2026W48", "C1")).line.startswith("C1\tG1\t噪音\tposter\t")
    assert entry == {
        "t": "deposit",
        "origin": ORIGIN,
        "period": "2026W48",
        "sha256": archive.digest(data),
    }
    assert kept.sha256 == entry["sha256"]


def test_a_case_told_again_keeps_its_history_and_the_latest_holds(survey_db: Database) -> None:
    take(survey_db, deposit())
    take(survey_db, deposit("2026W49", size=9, cases=[CASE | {"state": "confirmed"}]))
    with survey_db.reading() as session:
        assert [row.state for row in case_history(session, "C1")] == ["confirmed", "declared"]


def test_a_word_by_receipt_is_counted_apart_from_answers_of_those_who_were_asked(survey_db: Database) -> None:
    said = {"C1": "link", "C2": "receipt", "C3": "telephone", "C4": ""}
    take(
        survey_db,
        deposit(
            cases=[CASE | {"code": code, "state": "confirmed", "word": word} for code, word in said.items()]
        ),
    )
    take(
        survey_db,
        deposit("2026W49", size=9, since=7, cases=[CASE | {"state": "contested", "word": "receipt"}]),
    )
    with survey_db.reading() as session:
        assert confirmed_by(session) == {"receipt": 1, "telephone": 1, "": 1}


def test_accepting_the_same_file_again_changes_nothing(survey_db: Database) -> None:
    first = take(survey_db, deposit())
    assert take(survey_db, deposit()).accepted_at == first.accepted_at
    assert counts(survey_db) == [1, 2, 1, 1, 1, 1]
    with survey_db.reading() as session:
        assert LEDGER.size(session) == 1


def test_a_later_period_renews_the_areas_and_keeps_lists(survey_db: Database) -> None:
    take(survey_db, deposit())
    renamed = [AREAS[0], {**AREAS[1], "name": "新名"}]
    take(survey_db, deposit("2026W49", size=9, areas=renamed))
    assert counts(survey_db) == [2, 2, 2, 2, 2, 1]
    with survey_db.reading() as session:
        assert session.get_one(Area, "G1").name == "新名"


REFUSED = {
    "another file for the period": (deposit(cases=[]), "已经收过另一份"),
    "an older period": (deposit("2026W47"), "不能再收更早的 2026W47"),
    "a shorter ledger": (deposit("2026W49", size=6), "账本只能增长"),
    "a truncated file": (deposit("2026W49")[:-40], "不是完整的交存文件"),
    "no file at all": (b"", "不是完整的交存文件"),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_after_a_first_deposit_these_are_refused_and_store_nothing(
    survey_db: Database, data: bytes, sentence: str
) -> None:
    take(survey_db, deposit())
    with pytest.raises(Refused, match=sentence):
        take(survey_db, data)
    assert counts(survey_db) == [1, 2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"areas": [{**AREAS[0], "level": "planet"}, AREAS[1]]}, "层级“planet”不对"),
        ({"posts": [{**POST, "staff": "W" * 40}]}, "staff_code 超过 32 个字"),
    ],
)
def test_what_the_tables_cannot_hold_is_refused(
    survey_db: Database, tables: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        take(survey_db, deposit(**tables))
    assert counts(survey_db) == [0, 0, 0, 0, 0, 0]


def test_a_deposit_by_another_key_is_refused(survey_db: Database) -> None:
    stranger = verifier_key(ORIGIN, key=Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)).text
    with pytest.raises(Refused):
        take(survey_db, deposit(), vkey=stranger)
    with pytest.raises(Refused, match="还没有登记公众端的公钥"):
        take(survey_db, deposit(), vkey="")
