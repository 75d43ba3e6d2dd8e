"""Whatever offices bring, no number of it stands in clear in the database, ledger, log or deposit."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from feedback.deposit import operations as deposits
from feedback.imports.operations import kinds, opening, tries
from feedback.models import LEDGER
from huying.base.errors import Invalid
from huying.base.keys import Keyring
from huying.deposit.sealing import new_keypair
from huying.sheets import Unrecognised
from tests.feedback.imports.bringing import bring
from tests.feedback.imports.test_cells_of_imports import OFFICES, STAFF
from tests.feedback.town import Town
from tests.support import clear_text

IDENTITY = "11010519491231002X"
NUMBERS = ["10000101", "10000102", "20000103", "10000104"]
WORKER, OTHER, OFFICE, RESIDENT = (f"+999{number}" for number in NUMBERS)
TAKEN = (
    ("staff", f"{STAFF}\nW8,周八,G2,{WORKER},,2026-09-01,\n"),
    ("offices", f"{OFFICES}\nM,1,居委会,{OFFICE},,,\n"),
    ("lists", f"工号,电话,地址\nW8,{RESIDENT},和平里3号楼201\n"),
)
REFUSED = (
    ("staff", f"{STAFF}\nW9,吴九 {OTHER},G2,,,2026-09-01,\n"),
    ("staff", f"{STAFF}\n{IDENTITY},吴九,G2,,,2026-09-01,\n"),
    ("lists", f"工号,电话,地址\nW8,{RESIDENT},{IDENTITY}\n"),
    ("posters", f"网格编号,张贴地点\nG2,大厅 {OTHER}\n"),
    ("departments", f"编号,名称\nd9,水务 {OTHER}\n"),
    ("areas", f"编号,上级编号,层级,名称,网格类型\nG9,M,网格,网格 {OTHER},\n"),
    ("remit", f"事项类别,区域编号,牵头部门,生效日期,议定单位\n噪音扰民,M,water,2026-12-01,会议 {OTHER}\n"),
    ("duty", f"网格编号,工号,值守方式,值守开始,值守结束,原因\nG2,W8,代班,2026-12-01,2026-12-02,{OTHER}\n"),
)


def test_in_no_column_ledger_line_log_or_deposit(
    town: Town, keys: Keyring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for kind, text in TAKEN:
        bring(town, kind, text)
    for kind, text in REFUSED:
        with pytest.raises(Invalid) as refusal:
            bring(town, kind, text)
        assert not any(digits in refusal.value.message for digits in (*NUMBERS, IDENTITY)), text
    _try_what_nobody_reads(town)
    keys.put(deposits.RECIPIENT, new_keypair()[1])
    with town.database.transaction() as session:
        at = town.now + timedelta(hours=3)
        deposit = deposits.make(session, period="2026W48", keys=keys, origin="public.example", now=at).file
        lines = b"".join(LEDGER.lines(session))
    secrets = [*NUMBERS, IDENTITY]
    assert clear_text.holding(town.database, secrets) == set()
    for secret in secrets:
        assert secret.encode() not in deposit + lines
        assert secret not in caplog.text


def _try_what_nobody_reads(town: Town) -> None:
    """Try a file without headings, whose first row is somebody's number, and say what its columns are."""
    kind, data = kinds.find("lists"), f"{IDENTITY},{OTHER},春一路 1 号\nW8,{OTHER},春一路 2 号\n".encode()
    with town.database.transaction() as session:
        with pytest.raises(Unrecognised) as fault:
            opening.table(data, file=f"{OTHER}.csv", kind=kind, choose=opening.choices(session, kind, by="a"))
        seen = fault.value.recognition
        told = [fault.value.message, *seen.words(kind.layout.headings), seen.stored()]
        tries.keep(session, kind, data=data, name=f"{OTHER}.csv", by="a", vault=town.vault, now=town.now)
        opening.say(session, kind, seen.choice, fingerprint=seen.fingerprint, by="a", now=town.now)
    assert not any(digits in text for text in told for digits in (NUMBERS[1], IDENTITY))
