"""A deposit brings the public ledger's lines: they give the signed root and go on from the last."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from huying.deposit import archive
from huying.ledger import canonical
from huying.ledger.keys import verifier_key
from huying.store.db import Database
from survey.deposits.operations import discard, public_ledger
from survey.models import (
    LEDGER,
    Account,
    Area,
    Deposit,
    DepositDiscard,
    DepositedCase,
    DepositFinding,
    ListEntry,
    Post,
    PublicEntry,
)
from survey.registry.queries import deposited
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.deposits.test_accepting_a_deposit import (
    AREAS,
    CASE,
    KEY,
    LINES,
    LISTED,
    checkpoint,
    counts,
    deposit,
    take,
)

OTHER = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32)
REWRITTEN = (b'{"c":"C0","t":"case.open"}', *LINES[1:])


def account(database: Database, role: str = "registrar") -> Account:
    with database.transaction() as session:
        row = Account(login=role, name="王老师", role=role, password_hash="", active=True, created_at=NOW)
        session.add(row)
    return row


def lines(session: Session) -> list[bytes]:
    return list(session.scalars(select(PublicEntry.body).order_by(PublicEntry.idx)))


def test_its_lines_are_kept_and_the_next_deposit_goes_on_from_them(survey_db: Database) -> None:
    take(survey_db, deposit(size=7))
    take(survey_db, deposit("2026W49", size=9, since=7))
    take(survey_db, deposit("2026W50", size=12, since=0), now=NOW + timedelta(weeks=2))
    with survey_db.reading() as session:
        assert lines(session) == list(LINES[:12])


JUNK = {
    "a root of other lines": (deposit("2026W49", size=9, signed=checkpoint(9, lines=REWRITTEN)), "算不出"),
    "a signature of another key": (deposit("2026W49", size=9, signed=checkpoint(9, key=OTHER)), "签名不对"),
    "a size that nobody can reach": (
        deposit("2026W49", size=9, signed=checkpoint(9).replace("\n9\n", "\n900000000\n")),
        "huying feedback deposit",
    ),
    "a rewritten past": (deposit("2026W49", size=9, lines=REWRITTEN), "改写过"),
    "lines that are missing between": (deposit("2026W49", size=9, since=8), "--entries-from 7"),
    "a ledger that was cut": (deposit("2026W49", size=6), "账本只能增长"),
    "a period of the far future": (deposit("2099W01", size=9), "还没有到"),
}


@pytest.mark.parametrize(("data", "sentence"), JUNK.values(), ids=JUNK)
def test_a_junk_checkpoint_or_period_is_refused_and_locks_nobody_out(
    survey_db: Database, data: bytes, sentence: str
) -> None:
    take(survey_db, deposit(size=7))
    with pytest.raises(Refused, match=sentence):
        take(survey_db, data)
    take(survey_db, deposit("2026W49", size=9, since=7))


def test_a_key_that_the_ledger_itself_announced_is_heard_and_the_old_one_no_longer(
    survey_db: Database,
) -> None:
    def change(op: str, key: Ed25519PrivateKey) -> bytes:
        vkey = verifier_key("public.example/log", key=key).text
        return canonical.line({"t": "key", "op": op, "role": "log", "vkey": vkey})

    rotated = (*LINES[:7], change("add", OTHER), change("drop", KEY), *LINES[7:])
    take(survey_db, deposit(size=7))
    with pytest.raises(Invalid, match="签名不对"):
        take(survey_db, deposit("2026W49", size=10, lines=rotated))
    new = checkpoint(10, lines=rotated, key=OTHER)
    take(survey_db, deposit("2026W49", size=10, lines=rotated, signed=new))


def test_without_the_ledgers_key_the_signature_is_a_finding(survey_db: Database) -> None:
    take(survey_db, deposit(size=7, signed=checkpoint(7, key=OTHER)), log_vkey="")
    with survey_db.reading() as session:
        assert any("没有核对" in each.words for each in deposited.findings(session))
        assert "unsigned" in session.scalars(select(DepositFinding.kind)).all()


def test_cases_that_the_ledger_knows_and_no_deposit_holds_are_counted(survey_db: Database) -> None:
    take(survey_db, deposit(size=7))
    late = NOW + public_ledger.OVERDUE + timedelta(days=10)
    take(survey_db, deposit("2027W05", size=9, since=7), now=late)
    with survey_db.reading() as session:
        found = [json.loads(row) for row in session.scalars(select(DepositFinding.counts))]
        words = deposited.findings(session)
    assert found == [{"overdue": 0, "waiting": 6}, {"overdue": 8, "waiting": 8}]
    assert [each.grave for each in words] == [True, False]


def test_a_list_that_vanishes_is_a_finding(survey_db: Database) -> None:
    take(survey_db, deposit(size=7, lists=[LISTED, {**LISTED, "code": "L2"}]))
    take(survey_db, deposit("2026W49", size=9, since=7, lists=[]))
    with survey_db.reading() as session:
        rows = select(DepositFinding.counts).where(DepositFinding.kind == "lists")
        assert json.loads(session.scalars(rows).one()) == {"known": 2, "lost": 2}
        assert session.scalar(select(func.count(ListEntry.code))) == 2


def test_a_bad_deposit_is_discarded_by_name_and_the_right_one_taken_in(survey_db: Database) -> None:
    take(survey_db, deposit(size=7))
    bad = deposit("2026W49", size=9, since=7, cases=[{**CASE, "code": "C8"}])
    take(survey_db, bad)
    by = account(survey_db)
    with survey_db.transaction() as session:
        discard.discard(session, "2026W49", by=by, reason="对方发错了文件", now=NOW)
        assert lines(session) == list(LINES[:7])
        assert session.scalars(select(DepositedCase.code)).all() == ["C1"]
        entry = json.loads(LEDGER.lines(session)[-1])
        row = session.scalars(select(DepositDiscard)).one()
    assert entry.keys() == {"t", "sha256", "by", "why"}
    assert (entry["t"], entry["sha256"], entry["by"]) == ("discard", archive.digest(bad), "registrar")
    assert (row.name, row.reason) == ("王老师", "对方发错了文件")
    take(survey_db, deposit("2026W49", size=10, since=7), now=NOW + timedelta(hours=1))
    take(survey_db, deposit("2026W50", size=12, since=10), now=NOW + timedelta(weeks=1))


def test_only_the_last_can_be_discarded_and_only_by_a_registrar(survey_db: Database) -> None:
    take(survey_db, deposit(size=7))
    take(survey_db, deposit("2026W49", size=9, since=7))
    by, other = account(survey_db), account(survey_db, "supervisor")
    for period, who, refusal in (
        ("2026W48", by, Conflict),
        ("2026W47", by, NotFound),
        ("2026W49", other, Forbidden),
    ):
        with pytest.raises(refusal), survey_db.transaction() as session:
            discard.discard(session, period, by=who, reason="不对", now=NOW)
    assert counts(survey_db)[0] == 2


def test_a_far_period_from_before_can_be_discarded_and_then_the_week_s_own_is_taken(
    survey_db: Database,
) -> None:
    with survey_db.transaction() as session:
        session.add(
            Deposit(
                period="2099W01", origin="public.example", sha256="0" * 64, made_at=NOW, accepted_at=NOW,
                checkpoint=checkpoint(7).replace("\n7\n", "\n900000000000000\n"), counts="{}",
            )
        )  # fmt: skip
    with pytest.raises(Conflict):
        take(survey_db, deposit(size=7))
    by = account(survey_db)
    with survey_db.transaction() as session:
        discard.discard(session, "2099W01", by=by, reason="周期不对", now=NOW)
    take(survey_db, deposit(size=7))


DEEDS = {
    "drop a deposit": "DELETE FROM deposit",
    "drop a case": "DELETE FROM deposited_case",
    "drop a line of their ledger": "DELETE FROM public_entry WHERE idx = 3",
    "change a line of their ledger": "UPDATE public_entry SET body = x'00'",
    "take a finding back": "DELETE FROM deposit_finding",
    "change a case": "UPDATE deposited_case SET state = 'confirmed'",
    "change a list": "UPDATE deposited_list_row SET staff_code = 'W9'",
    "take a discard back": "DELETE FROM deposit_discard",
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_can_by_sql(survey_db: Database, deed: str) -> None:
    take(survey_db, deposit(size=6))
    take(survey_db, deposit("2026W49", size=9))
    by = account(survey_db)
    with survey_db.transaction() as session:
        discard.discard(session, "2026W49", by=by, reason="不对", now=NOW)
    take(survey_db, deposit("2026W49", size=10), now=NOW + timedelta(hours=1))
    statement = DEEDS[deed]
    if survey_db.engine.dialect.name == "postgresql":
        statement = statement.replace("x'00'", "'\\x00'")
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(survey_db) as session:
        session.execute(text(statement))
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Post.code))) == 2
        assert session.get(Area, AREAS[1]["code"])
