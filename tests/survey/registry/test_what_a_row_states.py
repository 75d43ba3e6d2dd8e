"""What a row of a registry file states, and which faults it is named with: the rules by value."""

from __future__ import annotations

from datetime import date

import pytest

from huying.base.area_names import AreaNames
from huying.base.errors import Invalid
from huying.sheets import Faults, Row, Table
from survey.registry.rules.household_rows import (
    LONGEST,
    MOST_NUMBERS,
    UNSAID,
    HouseholdEntry,
    RowReader,
    RowRules,
    check_columns,
    points_in,
)

TODAY = date(2026, 11, 23)
COLUMNS = ("household", "grid", "address", "phone", "phone_source", "phone_date", "phone_by", "adults")
HEADINGS = {name: name.upper() for name in COLUMNS}
WHOLE = {
    "household": "101", "grid": "G1", "address": "幸福路5号", "phone": "+99910000001",
    "phone_source": "登记", "phone_date": "2026-11-01", "phone_by": "甲", "adults": "+99910000002",
}  # fmt: skip


def reader(*, there: frozenset[str] = frozenset(COLUMNS), points: bool = False, **known: object) -> RowReader:
    rules = RowRules("invented", TODAY, there=there, **known)  # type: ignore[arg-type]
    return RowReader(rules, headings=HEADINGS, faults=Faults(), points=points)


def read(reader_: RowReader | None = None, **cells: str) -> HouseholdEntry | list[tuple[str, str]]:
    """Return what a row states, or its faults by column."""
    used = reader_ or reader()
    entry = used.entry(Row(7, WHOLE | cells))
    if entry is None:
        assert all(fault.line == 7 for fault in used.faults)
        return [(fault.column, fault.reason) for fault in used.faults]
    assert not used.faults
    return entry


def faults(reader_: RowReader | None = None, **cells: str) -> list[tuple[str, str]]:
    found = read(reader_, **cells)
    assert isinstance(found, list)
    return found


def entry(reader_: RowReader | None = None, **cells: str) -> HouseholdEntry:
    found = read(reader_, **cells)
    assert isinstance(found, HouseholdEntry)
    return found


def test_a_row_states_a_household_with_its_numbers_and_whence_they_are_known() -> None:
    found = entry()
    assert (found.line, found.code, found.grid, found.address) == (7, "101", "G1", "幸福路5号")
    assert (found.source, found.day, found.by) == ("登记", date(2026, 11, 1), "甲")
    assert [str(each) for each in found.numbers] == ["+99910000001"]
    assert [str(each) for each in found.adults] == ["+99910000002"]


def test_two_rows_are_told_apart_by_everything_they_state() -> None:
    assert entry().text() == "101\tG1\t幸福路5号\t+99910000001\t登记\t2026-11-01\t甲\t+99910000002"
    others = {"household": "102", "grid": "G2", "address": "幸福路6号", "phone": "+99910000003"}
    others |= {"phone_source": "别处", "phone_date": "2026-11-02", "phone_by": "乙", "adults": ""}
    told = {entry(**{name: cell}).text() for name, cell in others.items()} | {entry().text()}
    assert len(told) == len(others) + 1


def test_every_fault_of_a_row_is_named_at_once() -> None:
    found = faults(grid="网格", phone="x", phone_date="2099-01-01")
    assert [column for column, _reason in found] == ["GRID", "PHONE", "PHONE_DATE"]
    assert not any(reason.endswith("。") for _column, reason in found)


def test_a_household_needs_a_code_or_an_address() -> None:
    assert faults(household="", address="") == [("ADDRESS", "没有写地址，也没有户编号")]
    without = reader(there=frozenset(COLUMNS) - {"address"})
    assert faults(without, household="", address="") == [("HOUSEHOLD", "没有写地址，也没有户编号")]
    assert entry(household="").code == ""


def test_an_address_is_asked_for_where_the_file_has_a_column_for_it() -> None:
    assert faults(address="") == [("ADDRESS", "没有写地址")]
    assert entry(reader(there=frozenset(COLUMNS) - {"address"}), address="").address == ""


def test_a_number_says_whence_and_since_when_where_the_file_has_columns_for_that() -> None:
    why = "有电话的户必须写明电话的来源和登记日期"
    assert faults(phone_source="", phone_date="") == [("PHONE_SOURCE", why), ("PHONE_DATE", why)]
    assert faults(phone_date="") == [("PHONE_DATE", why)]
    assert entry(phone="", phone_source="", phone_date="").numbers == ()
    bare = reader(there=frozenset({"household", "grid", "address", "phone"}))
    found = entry(bare, phone_source="", phone_date="")
    assert (found.source, found.day) == (UNSAID, None)


def test_a_code_stands_once_in_a_file_however_it_is_written() -> None:
    used = reader()
    used.entry(Row(3, WHOLE | {"household": "a1"}))
    assert faults(used, household="A1") == [("HOUSEHOLD", "户编号 A1 与第 3 行重复")]
    assert used.entry(Row(3, WHOLE | {"household": "a1"})) is not None


@pytest.mark.parametrize("code", ["户101", "a b", "x" * 33])
def test_a_code_is_of_few_plain_signs(code: str) -> None:
    assert [column for column, _reason in faults(household=code)] == ["HOUSEHOLD"]
    assert entry(household="x" * 32).code == "x" * 32


def test_what_a_spreadsheet_made_of_a_code_is_undone_and_counted() -> None:
    used = reader()
    assert entry(used, household="101.0").code == "101"
    assert entry(used, household="'102").code == "102"
    assert (used.done["points"], used.done["unwrapped"]) == (1, 1)
    assert entry(reader(points=True), household="101.0").code == "101.0"
    assert points_in(["101.5", "102.0"])
    assert not points_in(["101.0", "102.0"])


def test_a_grid_is_known_by_code_or_name_once_grids_are_known() -> None:
    known = reader(grids=AreaNames.of([("G1", "北街一"), ("G2", "北街二")]))
    assert entry(known, household="1", grid="北街二").grid == "G2"
    assert entry(known, household="2", grid="G1").grid == "G1"
    assert (known.done["named"], known.done["unchecked"]) == (1, 0)
    assert "没有编号为" in faults(known, grid="G9")[0][1]


def test_before_grids_are_known_any_fitting_code_is_taken_and_counted() -> None:
    used = reader()
    entry(used)
    assert used.done["unchecked"] == 1
    assert [column for column, _reason in faults(grid="北街 二")] == ["GRID"]


def test_a_telephone_is_no_address() -> None:
    assert "是不是写反了" in faults(address="13800000000")[0][1]


@pytest.mark.parametrize(
    ("name", "column"), [("address", "ADDRESS"), ("phone_source", "PHONE_SOURCE"), ("phone_by", "PHONE_BY")]
)
def test_a_text_is_no_longer_than_what_is_kept_of_it(name: str, column: str) -> None:
    most = LONGEST[name]
    assert entry(**{name: "路" * most})
    assert faults(**{name: "路" * (most + 1)}) == [(column, f"{column}超过 {most} 个字")]


def test_a_cell_may_hold_several_numbers_but_not_a_list() -> None:
    used = reader()
    several = "、".join(f"+999100000{number:02}" for number in range(MOST_NUMBERS))
    assert len(entry(used, phone=several).numbers) == MOST_NUMBERS
    assert used.done["several"] == 1
    assert faults(phone=f"{several}、+99910000099") == [("PHONE", f"一格里的电话超过 {MOST_NUMBERS} 个")]


def test_what_was_done_to_cells_is_told_in_sentences_and_nothing_else() -> None:
    used = reader()
    assert used.notes == ()
    entry(used, phone="+99910000001、+99910000003")
    assert used.notes == ("1 户有几个号码，按次序都记下。", "还没有收到网格的名单，1 行的网格编号没有核对。")


def table(*addresses: str) -> Table:
    rows = (Row(line, {"address": each}) for line, each in enumerate(addresses, start=2))
    return Table("f.csv", "", ("ADDRESS",), tuple(rows))


def test_a_column_of_addresses_that_mostly_holds_telephones_has_anothers_heading() -> None:
    phone, street = "13800000000", "幸福路5号"
    with pytest.raises(Invalid, match="“ADDRESS”一列看起来是电话"):
        check_columns(table(phone, phone, street), headings=HEADINGS)
    check_columns(table(phone, phone, street, street), headings=HEADINGS)
    check_columns(table(phone), headings=HEADINGS)
    check_columns(table("", "", ""), headings=HEADINGS)
