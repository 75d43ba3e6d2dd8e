"""Files without a code or an address for their households: found in the registry, or given a code once."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from huying.base.errors import Invalid, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import Household, RegistryImport
from survey.registry.operations import homes, registry
from survey.registry.operations.registry import RegistryCounts
from survey.registry.queries import codes
from survey.registry.rules import file as registry_file
from tests.conftest import NOW
from tests.huying.sheets.hostile import comma

HEADS = ["网格编号", "地址", "电话"]
ROWS = [["G1", f"春一路{n}号", f"+9991000000{n}"] for n in range(1, 5)]
CODED = [["户编号", *HEADS], *([f"H{n}", *row] for n, row in enumerate(ROWS, start=1))]


def taken(
    database: Database, vault: Vault, rows: list[list[str]], *, confirmed_by: str | None = None
) -> RegistryCounts:
    with database.transaction() as session:
        return registry.import_households(
            session,
            comma(rows).encode(),
            vault=vault,
            allowed="invented",
            by="r",
            now=NOW,
            confirmed_by=confirmed_by,
        )


def held(database: Database) -> dict[str, str]:
    with database.reading() as session:
        here = select(Household.address, Household.code).where(Household.left_at.is_(None))
        return dict(session.execute(here).all())


def test_a_household_without_a_code_is_given_one_and_the_same_file_again_writes_nothing(
    survey_db: Database, vault: Vault
) -> None:
    assert taken(survey_db, vault, [HEADS, *ROWS]).created == 4
    first = held(survey_db)
    assert len(set(first.values())) == 4
    assert taken(survey_db, vault, [HEADS, *ROWS]).unchanged == 4
    assert held(survey_db) == first
    with survey_db.reading() as session:
        assert len(session.scalars(select(RegistryImport.id)).all()) == 1


def test_it_is_found_by_grid_and_address_however_that_is_written(survey_db: Database, vault: Vault) -> None:
    taken(survey_db, vault, CODED)
    spelt = [["G1", f"春 一 路 {n}　號", f"+9991000000{n}"] for n in range(1, 5)]
    assert taken(survey_db, vault, [HEADS, *spelt]).created == 0
    assert sorted(held(survey_db).values()) == ["H1", "H2", "H3", "H4"]


def test_its_code_is_given_back_in_the_export_and_read_again(survey_db: Database, vault: Vault) -> None:
    taken(survey_db, vault, [HEADS, *ROWS])
    with survey_db.reading() as session:
        rows = list(csv.reader(io.StringIO(codes.csv_of(session).decode("utf-8-sig"))))
    phones = {row[1]: row[2] for row in ROWS}
    again = [[*rows[0], "电话"], *([*row, phones[row[2]]] for row in rows[1:])]
    assert taken(survey_db, vault, again).unchanged == 4


def test_an_address_twice_without_codes_is_a_fault_of_the_later_row(
    survey_db: Database, vault: Vault
) -> None:
    with pytest.raises(Invalid, match="第 3 行，地址：和第 2 行是同一网格的同一地址"):
        taken(survey_db, vault, [HEADS, ROWS[0], ["G1", "春一路 1号", ""]])


def test_an_address_of_two_registered_households_needs_the_code(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        homes.decide(session, ["H1", "H9"], keep=None, by="anna", now=NOW)
    taken(survey_db, vault, [CODED[0], CODED[1], ["H9", *ROWS[0][:2], ""]])
    with pytest.raises(Invalid, match="名册里这个地址有几户：请写户编号（H1、H9）"):
        taken(survey_db, vault, [HEADS, ROWS[0]])


def test_a_file_without_addresses_keeps_those_that_are_registered(survey_db: Database, vault: Vault) -> None:
    taken(survey_db, vault, CODED)
    bare = [[row[0], row[1], row[3]] for row in CODED]
    assert taken(survey_db, vault, bare).unchanged == 4


def test_a_file_needs_a_code_or_an_address_a_grid_and_a_telephone():
    for heads, missing in (
        (["网格编号", "电话"], "户编号或地址"),
        (["户编号", "电话"], "网格编号"),
        (["户编号", "网格编号"], "电话"),
    ):
        with pytest.raises(Invalid, match=missing):
            registry_file.read(comma([heads, ["x"] * len(heads)]).encode(), file="a.csv", allowed="invented")


def test_a_row_with_neither_code_nor_address_is_a_fault(survey_db: Database, vault: Vault) -> None:
    with pytest.raises(Invalid, match="第 3 行，地址：没有写地址，也没有户编号"):
        taken(survey_db, vault, [CODED[0], CODED[1], ["", "G1", "", "+99910000009"]])


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        (["工号", "姓名", "网格编号", "电话", "电话核对日期", "值守开始", "值守结束"], "网格员名册"),
        (["编号", "上级编号", "层级", "名称", "网格类型"], "区域和网格"),
    ],
)
def test_the_public_sides_tables_are_refused_with_who_takes_them(heads: list[str], words: str) -> None:
    with pytest.raises(Invalid, match=f"这像是“{words}”.*网格办"):
        registry_file.read(comma([heads, ["x"] * len(heads)]).encode(), file="a.csv", allowed="invented")


def test_good_rows_are_kept_by_name_and_nobody_leaves(survey_db: Database, vault: Vault) -> None:
    taken(survey_db, vault, CODED)
    data = comma([*CODED[:2], ["H9", "G1", "春一路9号", "123"]]).encode()
    stated = registry_file.read(data, file="a.csv", allowed="invented")
    with survey_db.transaction() as session, pytest.raises(Refused, match="署名"):
        registry.apply(session, stated, vault=vault, by="r", now=NOW, keep_good=True)
    with survey_db.transaction() as session:
        plan = registry.apply(
            session, stated, vault=vault, by="r", now=NOW, keep_good=True, confirmed_by="安娜"
        )
    assert (plan.unchanged, plan.changes, len(plan.faults)) == (1, (), 1)
    assert len(held(survey_db)) == 4
