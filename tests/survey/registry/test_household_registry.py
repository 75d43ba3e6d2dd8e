"""The household registry is imported whole or not at all, and a swapped number stays traceable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from huying.base.errors import Invalid
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import Adult, Household, Number
from survey.registry.operations import registry
from survey.registry.rules import file, sealing
from tests.conftest import NOW
from tests.support.statements import statements
from tests.survey.stories import HEADING, grids, household, register, sheet

LATER = NOW + timedelta(days=7)


def counts_of(database: Database, rows: list[tuple[str, ...]], vault: Vault) -> tuple[int, ...]:
    with database.transaction() as session:
        counts = register(session, rows, vault=vault, now=LATER)
    return counts.read, counts.created, counts.changed, counts.unchanged, counts.left


def test_a_second_import_of_the_same_file_changes_nothing(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 3, "G2": 2})
    assert counts_of(survey_db, rows, vault) == (5, 5, 0, 0, 0)
    assert counts_of(survey_db, rows[::-1], vault) == (5, 0, 0, 5, 0)


def test_numbers_are_sealed_and_found_by_their_blind_index(survey_db: Database, vault: Vault) -> None:
    counts_of(survey_db, [household("h1", "G1", "+999 1000-00001")], vault)
    with survey_db.reading() as session:
        number = session.scalars(select(Number)).one()
    assert b"00001" not in number.sealed
    assert vault.open(number.sealed, where=sealing.seal_context("h1")) == "+999100000001"
    assert number.blind_index == vault.index("+999100000001", purpose=registry.PURPOSE)


def test_a_changed_number_is_kept_behind_the_new_one(survey_db: Database, vault: Vault) -> None:
    for last in "123":
        counts_of(survey_db, [household("h1", "G1", f"+99910000000{last}")], vault)
    with survey_db.reading() as session:
        numbers = session.scalars(select(Number).order_by(Number.position)).all()
    opened = {
        number.position: vault.open(number.sealed, where=sealing.seal_context("h1"))[-1] for number in numbers
    }
    assert opened == {-2: "2", -1: "1", 1: "3"}


def test_a_new_address_leaves_the_number_as_it_is(survey_db: Database, vault: Vault) -> None:
    counts_of(survey_db, [household("h1", "G1", "+99910000001")], vault)
    assert counts_of(survey_db, [household("h1", "G1", "+99910000001", address="新址")], vault)[2] == 1
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Number.id))) == 1
        assert session.get_one(Household, "h1").address == "新址"


def test_a_number_that_is_taken_away_is_no_longer_in_force(survey_db: Database, vault: Vault) -> None:
    counts_of(survey_db, [household("h1", "G1", "+99910000001")], vault)
    counts_of(survey_db, [household("h1", "G1", "")], vault)
    with survey_db.reading() as session:
        assert session.scalars(select(Number.position)).all() == [-1]


def test_who_is_missing_has_left_its_grid_and_other_grids_stay(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 3, "G2": 2})
    counts_of(survey_db, rows, vault)
    assert counts_of(survey_db, rows[:2], vault) == (2, 0, 0, 2, 1)
    with survey_db.reading() as session:
        gone = session.scalars(select(Household.code).where(Household.left_at.is_not(None))).all()
    assert gone == ["G1-2"]
    assert counts_of(survey_db, rows[:3], vault) == (3, 0, 1, 2, 0)


def test_listed_adults_keep_their_order(survey_db: Database, vault: Vault) -> None:
    adults = "+99910000011; +99910000012；+99910000013"
    counts_of(survey_db, [household("h1", "G1", "", adults=adults)], vault)
    counts_of(survey_db, [household("h1", "G1", "", adults=adults[14:])], vault)
    with survey_db.reading() as session:
        listed = session.scalars(select(Adult).order_by(Adult.position)).all()
    assert [vault.open(adult.sealed, where=sealing.seal_context("h1"))[-1] for adult in listed] == ["2", "3"]


def test_english_headings_and_a_chinese_spreadsheets_encoding_are_read(
    survey_db: Database, vault: Vault
) -> None:
    heading = ("household", "grid", "address", "phone", "phone_source", "phone_date", "phone_by")
    row = ("h1", "G1", "甲路1号", "+99910000001", "物业", "2026/1/2", "")
    data = sheet([row], heading=heading).decode().encode("gb18030")
    with survey_db.transaction() as session:
        registry.import_households(session, data, vault=vault, allowed="invented", by="registrar", now=NOW)
    with survey_db.reading() as session:
        number = session.scalars(select(Number)).one()
        assert session.get_one(Household, "h1").address == "甲路1号"
    assert (str(number.source_date), number.source_by) == ("2026-01-02", "registrar")


@pytest.mark.parametrize(
    ("heading", "named"),
    [((*HEADING[:3], "号码"), "电话"), (HEADING[:3], "电话"), ((*HEADING, "地址"), "地址")],
)
def test_a_missing_or_doubled_heading_is_named_with_the_file(
    survey_db: Database, vault: Vault, heading: tuple[str, ...], named: str
) -> None:
    row = household("h1", "G1", "")
    with pytest.raises(Invalid) as refusal, survey_db.transaction() as session:
        registry.import_households(
            session,
            sheet([(*row, "")[: len(heading)]], heading=heading),
            vault=vault,
            allowed="invented",
            by="r",
            now=NOW,
            file="三月.csv",
        )
    assert "三月.csv" in refusal.value.message
    assert named in refusal.value.message


TWENTY_ONE = ";".join(f"+999100000{place:02d}" for place in range(21))
FAULTY = [
    (household("h2", "G1", "12"), "电话", "这个电话号码不完整"),
    (household("h1", "G1", ""), "户编号", "户编号 h1 与第 2 行重复"),
    (household("h4", "第三网格", ""), "网格编号", "网格编号应当是至多 32 位"),
    (household("h5", "G1", "", adults="x"), "成年人电话", "不是数字的字"),
    (household("户", "G1", ""), "户编号", "户编号应当是至多 32 位"),
    (("h7", "G1", " ", "", "", "", "", ""), "地址", "没有写地址"),
    (("h8", "G1", "a", "+99910000001", "", "2026-01-01", "x", ""), "电话来源", "来源和登记日期"),
    (("h9", "G1", "a", "+99910000001", "物业", "", "x", ""), "电话登记日期", "来源和登记日期"),
    (("h10", "G1", "a", "", "物业", "2026-13-01", "x", ""), "电话登记日期", "写法如 2026-11-03"),
    (
        household("h11", "G1", "", adults=TWENTY_ONE),
        "成年人电话",
        "超过 20 个",
    ),
]


def test_every_fault_is_told_with_row_column_and_reason_and_nothing_is_stored(
    survey_db: Database, vault: Vault
) -> None:
    data = sheet([household("h1", "G1", "+99910000001"), *(row for row, _, _ in FAULTY)])
    stated = file.read(data, file="f.csv", allowed="invented", today=NOW.date())
    found = [(fault.line, fault.column) for fault in stated.faults]
    assert found == [(line, column) for line, (_, column, _) in enumerate(FAULTY, start=3)]
    for fault, (_row, _column, reason) in zip(stated.faults, FAULTY, strict=True):
        assert reason in fault.reason
    with pytest.raises(Invalid, match=f"f.csv.*{len(FAULTY)}"), survey_db.transaction() as session:
        registry.apply(session, stated, vault=vault, by="r", now=NOW)
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Household.code))) == 0


def test_a_number_keeps_who_gave_it_when_and_who_wrote_it_down(survey_db: Database, vault: Vault) -> None:
    without = ("h2", "G1", "甲", "+99910000002", "本人", "2026-03-04", "", "")
    counts_of(survey_db, [household("h1", "G1", "+99910000001"), without], vault)
    with survey_db.reading() as session:
        numbers = session.scalars(select(Number).order_by(Number.household_code)).all()
    assert [(each.source, str(each.source_date), each.source_by) for each in numbers] == [
        ("物业", "2026-11-01", "登记员"),
        ("本人", "2026-03-04", "registrar"),
    ]


def test_a_number_confirmed_anew_is_kept_with_its_new_date(survey_db: Database, vault: Vault) -> None:
    row = household("h1", "G1", "+99910000001")
    counts_of(survey_db, [row], vault)
    assert counts_of(survey_db, [(*row[:5], "2026-11-20", *row[6:])], vault)[2] == 1
    with survey_db.reading() as session:
        numbers = session.scalars(select(Number).order_by(Number.position)).all()
    assert [(each.position, str(each.source_date)) for each in numbers] == [
        (-1, "2026-11-01"),
        (1, "2026-11-20"),
    ]


def test_six_hundred_rows_ask_as_little_of_the_database_as_six(survey_db: Database, vault: Vault) -> None:
    asked = []
    counts_of(survey_db, [household("first", "F", "")], vault)  # an empty ledger has nothing to be asked
    for part, size in enumerate((6, 600)):
        rows = grids({f"{part}{grid}": size // 6 for grid in range(6)})
        with statements(survey_db.engine) as sent:
            assert counts_of(survey_db, rows, vault)[1] == size
        asked.append(len(sent))
    assert asked[0] == asked[1]
