"""No telephone and no identity number stands in clear in any column, ledger line, log or export."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.deposit.sealing import Sealer
from huying.store.db import Database
from survey.deposits import rules as deposit_rules
from survey.fieldwork.operations import close
from survey.letters import operations as letters
from survey.models import LEDGER, Account
from survey.registry.operations import departures, outside, registry, requests, trials
from survey.registry.queries import departures as drawn
from survey.registry.queries import export, quality
from survey.registry.rules import file as registry_file
from survey.registry.rules import outside as outside_rules
from survey.waves.queries import waves
from tests.conftest import NOW
from tests.support import clear_text
from tests.survey.deposits.test_accepting_a_deposit import LISTED, POST, deposit, take
from tests.survey.stories import (
    Interviewer,
    content,
    enrol,
    grids,
    household,
    in_field,
    register,
    sheet,
)

IDENTITY = "110101199003074514"
MINE, THEIRS, NEW = "+99910000777", "+99910000888", "+99910000999"
ROWS = [*grids({"G1": 30}), household("m", "G1", MINE, adults=f"{THEIRS};{NEW}")]
SECRETS = [row[3].removeprefix("+999") for row in ROWS] + [IDENTITY, "10000888", "10000999"]


def digits(numbers: list[str]) -> list[str]:
    """The numbers as somebody would find them, whatever stands before them."""
    return [number for number in numbers if len(number) >= 8]


@pytest.fixture
def lived(survey_db: Database, vault: Vault, keys: Keyring) -> Database:
    """A registry with all that happens to one: tried, changed, handed over, frozen, called, deposited."""
    in_field(survey_db, {"G1": (30, 3, 1)}, vault=vault)
    caller = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    with survey_db.transaction() as session:
        register(session, ROWS, vault=vault, now=NOW + timedelta(days=1))
        swapped = [household("m", "G1", NEW, adults=THEIRS), *ROWS[1:-1]]
        register(session, swapped, vault=vault, now=NOW + timedelta(days=2))
        data = sheet(ROWS[:3])
        stated = registry_file.read(data, file="f.csv", allowed="invented")
        plan = registry.compare(session, stated, vault=vault, by="anna", now=NOW).plan
        trials.keep(session, data, stated=stated, plan=plan, vault=vault, by="anna", now=NOW)
        requests.hand_over(session, data, stated=stated, why="拆迁", vault=vault, by="anna", now=NOW)
        with pytest.raises(Refused):
            requests.hand_over(session, data, stated=stated, why=MINE, vault=vault, by="b", now=NOW)
        letters_of = f"网格编号,地址\nG1,{IDENTITY}\n".encode()
        with pytest.raises(Refused):
            list(letters.issue_outside(session, letters_of, file="f.csv", source="电力", now=NOW))
        with pytest.raises(Refused):
            outside.keep(
                session,
                outside_rules.read("G1 30"),
                source="张三 13800000000",
                day=NOW.date(),
                by="a",
                now=NOW,
            )
        by = Account(login="r", name="n", role="registrar", password_hash="", active=True, created_at=NOW)
        session.add(by)
        session.flush()
        event = drawn.drawn(session)[0].event
        with pytest.raises(Refused):
            departures.record(session, event, result="gone", source=f"证件 {IDENTITY}", by=by, now=NOW)
    for number in range(3):
        caller.takes_next(NOW)
        caller.completes(content(1 + number), NOW)
    with survey_db.transaction() as session:
        close.close(session, "w1", now=NOW + timedelta(days=3))
    sealer = Sealer(deposit_rules.public_key(keys), bytes(32))
    sealed = {
        table: sealer.seal(MINE, table=table, code=code, column="contact")
        for table, code in (("posts", "P1"), ("lists", "L1"))
    }
    posts, lists = {**POST, "contact": sealed["posts"]}, {**LISTED, "contact": sealed["lists"]}
    take(survey_db, deposit(posts=[posts], lists=[lists]))
    return survey_db


def test_not_in_any_column_nor_ledger_nor_export(
    lived: Database, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), lived.reading() as session:
        report = quality.report(session, vault=vault, now=NOW)
        out = b"".join(
            [
                export.csv_of(report),
                *LEDGER.lines(session),
                waves.frame_tsv(session, "w1"),
                waves.sample_tsv(session, "w1"),
            ]
        )
    secrets = digits(SECRETS)
    assert len(secrets) > 30
    assert clear_text.holding(lived, secrets) == set()
    assert not any(secret.encode() in out for secret in secrets)
    assert not any(secret in caplog.text for secret in secrets)
    for file in tmp_path.rglob("*.db*"):
        data = file.read_bytes()
        assert not any(secret.encode() in data for secret in secrets), file
