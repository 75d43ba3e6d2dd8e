"""What clerks write in cells ends in the registry as it was meant, or is refused by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from huying.base.errors import Invalid
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import Adult, Area, Household, Number
from survey.registry.operations import registry
from survey.registry.rules import file, sealing
from survey.waves.operations import release
from tests.conftest import NOW
from tests.survey.stories import Interviewer, drawn, enrol, frozen, household, sheet

LATER = NOW + timedelta(days=7)
IDENTITY = "11010519491231002X"
Rows = Sequence[tuple[str, ...]]


def taken(database: Database, rows: Rows, vault: Vault, *, allowed: str = "real") -> registry.RegistryCounts:
    with database.transaction() as session:
        return registry.import_households(
            session, sheet(rows), vault=vault, allowed=allowed, by="r", now=LATER, confirmed_by="安娜"
        )


def refused(database: Database, rows: Rows, vault: Vault) -> str:
    with pytest.raises(Invalid) as refusal:
        taken(database, rows, vault)
    with database.reading() as session:
        assert session.scalars(select(Household)).all() == []
    return refusal.value.message


def numbers(
    database: Database, vault: Vault, model: type[Number] | type[Adult] = Number
) -> list[tuple[str, str]]:
    """Return the numbers and extensions in force, in their order, opened."""
    with database.reading() as session:
        rows = session.scalars(select(model).where(model.position > 0).order_by(model.position)).all()
    return [
        (
            vault.open(row.sealed, where=sealing.seal_context(row.household_code)),
            vault.open(row.extension, where=sealing.extension_context(row.household_code))
            if row.extension
            else "",
        )
        for row in rows
    ]


def with_grids(database: Database) -> None:
    with database.transaction() as session:
        for code, name in (
            ("YC-111", "春一社区"),
            ("YC-112", "春二社区"),
            ("YC-211", "同名"),
            ("YC-212", "同名"),
        ):
            session.add(Area(code=code, level="grid", name=name, grid_type=""))


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        ("138 0013 8000", [("+8613800138000", "")]),
        ("021-5555 1234-801", [("+862155551234", "801")]),
        ("021-55551234转801", [("+862155551234", "801")]),
        ("021-55551234 ext. 801", [("+862155551234", "801")]),
        *(
            (f"13800138000{between}021-55551234", [("+8613800138000", ""), ("+862155551234", "")])
            for between in ("、", "/", "；", ";", " ", "\n")
        ),
        *((none, []) for none in ("无", "暂无", "没有", "空号", "-")),
    ],
)
def test_telephone_cells_are_stored_as_they_were_meant(
    survey_db: Database, vault: Vault, cell: str, stored: list[tuple[str, str]]
) -> None:
    taken(survey_db, [household("h1", "G1", cell)], vault)
    assert numbers(survey_db, vault) == stored
    assert taken(survey_db, [household("h1", "G1", cell)], vault).unchanged == 1


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1380013800", "这里有 10 位"),
        ("138001380001", "这里有 12 位"),
        ("138O0138000", "号码里有字母"),
        ("1380013800l", "号码里有字母"),
        ("13800138000.0", "多了“.0”"),
        ("1.38E+10", "科学计数法"),
        ("138****8000", "被遮住了"),
        ("11111111111", "全都一样"),
        ("12345", "服务热线"),
        ("95588", "服务热线"),
        ("110", "服务热线"),
        ("55551234", "没有写区号"),
    ],
)
def test_a_damaged_number_is_refused_with_its_own_sentence(
    survey_db: Database, vault: Vault, cell: str, reason: str
) -> None:
    said = refused(survey_db, [household("h1", "G1", cell)], vault)
    assert "第 2 行，电话：" in said
    assert reason in said


def test_extensions_and_second_numbers_are_sealed_and_change_like_any_number(
    survey_db: Database, vault: Vault
) -> None:
    taken(
        survey_db, [household("h1", "G1", "021-55551234-801、13800138000", adults="021-55551234转9")], vault
    )
    assert numbers(survey_db, vault, Adult) == [("+862155551234", "9")]
    changed = household("h1", "G1", "021-55551234-802、13800138000", adults="021-55551234转9")
    assert taken(survey_db, [changed], vault).changed == 1
    assert numbers(survey_db, vault) == [("+862155551234", "802"), ("+8613800138000", "")]
    with survey_db.reading() as session:
        positions = session.scalars(select(Number.position).order_by(Number.position)).all()
        assert list(positions) == [-2, -1, 1, 2]
        sealed = [row.extension for row in session.scalars(select(Number)) if row.extension]
        assert all(extension not in (b"802", b"9") and len(extension) > 16 for extension in sealed)


def test_the_interviewer_dials_every_number_with_its_extension_in_turn(
    survey_db: Database, vault: Vault
) -> None:
    row = household("h1", "G1", "+99921000001转801、+99910000002", adults="+99921000001转9")
    taken(survey_db, [row], vault, allowed="invented")
    with survey_db.transaction() as session:
        frozen(session, {"G1": (1, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    interviewer = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    interviewer.takes_next()
    for number in ("+99921000001;ext=9", "+99921000001;ext=801", "+99910000002"):
        assert interviewer.dials() == (number,)
        interviewer.reaches_nobody()


@pytest.mark.parametrize(
    ("code", "reason"),
    [(IDENTITY, "身份证号"), ("110105491231002", "身份证号"), ("13800138000", "电话号码"), ("3-Nov", "日期")],
)
def test_a_personal_number_is_no_household_code(
    survey_db: Database, vault: Vault, code: str, reason: str
) -> None:
    said = refused(survey_db, [household(code, "G1", "", address="甲路1号")], vault)
    assert "第 2 行，户编号：" in said
    assert reason in said
    assert code not in said


@pytest.mark.parametrize(
    ("cell", "code"), [("'00001", "00001"), ('="00001"', "00001"), ("101.0", "101"), ("00001", "00001")]
)
def test_a_code_is_what_the_clerk_sees(survey_db: Database, vault: Vault, cell: str, code: str) -> None:
    rows = [household(cell, "G1", "", address="甲路1号")]
    notes = file.read(sheet(rows), file="f.csv", allowed="real", today=NOW.date()).notes
    assert len(notes) == (1 if cell == code else 2)
    taken(survey_db, rows, vault)
    with survey_db.reading() as session:
        assert session.scalars(select(Household.code)).all() == [code]


def test_a_point_stays_where_codes_of_the_file_have_points(survey_db: Database, vault: Vault) -> None:
    taken(survey_db, [household("101.0", "G1", ""), household("101.5", "G1", "")], vault)
    with survey_db.reading() as session:
        assert set(session.scalars(select(Household.code))) == {"101.0", "101.5"}


@pytest.mark.parametrize("again", ["h00001", "Ｈ００００１"])
def test_one_household_has_one_code_however_it_is_spelt(
    survey_db: Database, vault: Vault, again: str
) -> None:
    rows = [household("H00001", "G1", "", address="甲"), household(again, "G1", "", address="甲")]
    assert "第 3 行，户编号：" in refused(survey_db, rows, vault)
    taken(survey_db, rows[:1], vault)
    assert taken(survey_db, rows[1:], vault).unchanged == 1
    with survey_db.reading() as session:
        assert session.scalars(select(Household.code)).all() == ["H00001"]


@pytest.mark.parametrize("number", [IDENTITY, "13800138000", "138 0013 8000", "010-82345678"])
@pytest.mark.parametrize(("place", "heading"), [(2, "地址"), (4, "电话来源"), (6, "登记人")])
def test_a_personal_number_in_words_is_refused_and_nothing_of_it_is_said(
    survey_db: Database, vault: Vault, number: str, place: int, heading: str
) -> None:
    row = list(household("h1", "G1", ""))
    row[place] = f"甲 {number}"
    said = refused(survey_db, [tuple(row)], vault)
    assert f"第 2 行，{heading}：" in said
    assert number not in said


def test_the_name_of_a_file_is_kept_without_its_telephone_number(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        registry.import_households(
            session,
            sheet([household("h1", "G1", "")]),
            vault=vault,
            allowed="real",
            by="r",
            now=LATER,
            file="户籍 13800138000.csv",
        )
    with survey_db.reading() as session:
        assert session.scalar(text("SELECT file FROM registry_import")) == "户籍 ….csv"


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-03",
        "2026/11/3",
        "2026.11.3",
        "20261103",
        "2026年11月3日",
        "3-Nov-26",
        "46329",
        "2026-11-03 08:30",
        "2026/11/3 8:30:00",
    ],
)
def test_days_are_stored_as_they_were_meant(survey_db: Database, vault: Vault, day: str) -> None:
    taken(survey_db, [dated(day)], vault)
    with survey_db.reading() as session:
        assert str(session.scalars(select(Number.source_date)).one()) == "2026-11-03"


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("1899-12-30", "太早"),
        ("2062-11-03", "今天以后"),
        ((LATER + timedelta(days=1)).strftime("%Y-%m-%d"), "今天以后"),
        ("3/11/2026", "分不清"),
        ("2026-02-30", "不是日期"),
    ],
)
def test_an_implausible_or_unclear_day_is_refused(
    survey_db: Database, vault: Vault, day: str, reason: str
) -> None:
    said = refused(survey_db, [dated(day)], vault)
    assert "第 2 行，电话登记日期：" in said
    assert reason in said


def dated(day: str) -> tuple[str, ...]:
    row = household("h1", "G1", "13800138000")
    return (*row[:5], day, *row[6:])


@pytest.mark.parametrize("grid", ["YC-11l", "YC111", "yc-111"])
def test_an_unknown_grid_is_refused_with_the_nearest_known(
    survey_db: Database, vault: Vault, grid: str
) -> None:
    with_grids(survey_db)
    said = refused(survey_db, [household("h1", grid, "")], vault)
    assert f"第 2 行，网格编号：没有编号为“{grid}”的网格。最接近的是 YC-111（春一社区）" in said


def test_a_grid_is_known_by_a_name_that_it_alone_has(survey_db: Database, vault: Vault) -> None:
    with_grids(survey_db)
    assert "都叫“同名”：请写编号（YC-211、YC-212）" in refused(
        survey_db, [household("h1", "同名", "")], vault
    )
    taken(survey_db, [household("h1", "春一社区", ""), household("h2", "'YC-112", "")], vault)
    with survey_db.reading() as session:
        assert dict(session.execute(select(Household.code, Household.grid_code)).all()) == {
            "h1": "YC-111",
            "h2": "YC-112",
        }


def test_exchanged_headings_are_found_by_what_stands_below(survey_db: Database, vault: Vault) -> None:
    rows = [household(f"h{n}", "G1", f"甲路{n}号", address=f"1380013800{n}") for n in range(5)]
    assert "看起来是电话" in refused(survey_db, rows, vault)
    assert "第 2 行，地址：这看起来是电话" in refused(survey_db, rows[:1], vault)


@pytest.mark.parametrize("address", ["=1+1", "+1号楼", "@单元"])
def test_an_address_that_looks_like_a_formula_is_text(
    survey_db: Database, vault: Vault, address: str
) -> None:
    taken(survey_db, [household("h1", "G1", "", address=address)], vault)
    with survey_db.reading() as session:
        assert session.scalars(select(Household.address)).all() == [address]
