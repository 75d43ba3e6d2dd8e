"""A deposit's tables as text: what is read back, and what is refused in which words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from huying.deposit import rows
from huying.deposit.tables import AREAS, BY_NAME, CASES, TABLES, DepositTable
from tests.huying.deposit import samples

cell = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
areas = st.fixed_dictionaries(
    {"code": cell, "parent": st.just("") | cell, "level": cell, "name": cell, "grid_type": st.just("") | cell}
)


@given(st.lists(areas, max_size=20, unique_by=lambda row: row["code"]))
@settings(deadline=None)
def test_rows_come_back_sorted_by_the_bytes_of_their_code(written: list[dict[str, str]]) -> None:
    data = rows.write(AREAS, written)
    read = rows.read(AREAS, data)
    assert list(read) == sorted(written, key=lambda row: row["code"].encode())
    assert rows.write(AREAS, read) == data
    assert data.split(b"\n")[1:-1] == [rows.line(AREAS, row) for row in read]


def test_a_file_of_before_a_column_came_is_read_without_it_and_its_lines_stay() -> None:
    now = rows.write(CASES, [samples.case("C1") | {"word": "receipt"}])
    later = len(CASES.header) - len(CASES.first_header)
    for lacking in range(1, later + 1):
        before = b"\n".join(line.rsplit(b"\t", lacking)[0] for line in now.split(b"\n"))
        (row,) = rows.read(CASES, before)
        assert tuple(row) == CASES.header[:-lacking]
        assert rows.line(CASES, row) == before.split(b"\n")[1]
    assert "word" not in row
    assert rows.read(CASES, now)[0]["word"] == "receipt"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_its_key_first_and_says_what_each_column_is(table: DepositTable) -> None:
    assert table.key == "code"
    assert len(set(table.header)) == len(table.header)
    assert all(column.docs for column in table.columns)
    assert rows.read(table, rows.write(table, ())) == ()


def test_contacts_are_sealed_wherever_they_stand() -> None:
    sealed = {table.name: table.sealed for table in TABLES if table.sealed}
    assert sealed == {
        "posts": ("contact",),
        "cases": ("contact",),
        "visits": ("contact", "address"),
        "lists": ("contact", "address"),
    }
    named = {table.name for table in TABLES if {"contact", "address"} & set(table.header)}
    assert named == set(sealed)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("code", "", "code 不能为空"),
        ("code", " C1", "code 的写法不对"),
        ("code", "C" * 129, "code 的写法不对"),
        ("category", "a\tb", "category 的写法不对"),
        ("category", "a\nb", "category 的写法不对"),
        ("category", "a\rb", "category 的写法不对"),
        ("category", "a\u2028b", "category 的写法不对"),
        ("opened", "2026-11-23 02:00", "opened 的写法不对"),
        ("opened", "2026-02-30T00:00:00Z", "opened 的写法不对"),
        ("opened", "2026-11-23T02:00:00+08:00", "opened 的写法不对"),
        ("due", "", "due 不能为空"),
        ("custody_seconds", '{"worker":1.5}', "custody_seconds 的写法不对"),
        ("custody_seconds", '{"worker":-1}', "custody_seconds 的写法不对"),
        ("custody_seconds", "[]", "custody_seconds 的写法不对"),
        ("whistles", "{}", "whistles 的写法不对"),
        ("whistles", '[{"department":"water"}]', "whistles 的写法不对"),
        ("whistles", '[{"answered":"","department":"d","due":"soon","sounded":"x"}]', "whistles 的写法不对"),
        ("contact", "+8613800000000", "contact 应当封存，却不是封存的形式"),
    ],
)
def test_a_cell_that_does_not_fit_its_column_is_named(column: str, value: str, reason: str) -> None:
    with pytest.raises(Invalid, match=f"cases.tsv 第 2 行：{reason}"):
        rows.write(CASES, [samples.case("C1") | {column: value}])


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("posts", "stale_hours", "1.234"),
        ("posts", "stale_hours", "-1"),
        ("posts", "stale_hours", "٣"),
        ("ratings", "invited", "01"),
        ("ratings", "options", '{"1":"many"}'),
        ("remit", "supporting", '["",1]'),
    ],
)
def test_numbers_and_structures_have_one_spelling(table: str, column: str, value: str) -> None:
    [row] = samples.tables()[table]
    with pytest.raises(Invalid, match=f"{column} 的写法不对"):
        rows.write(BY_NAME[table], [row | {column: value}])


def test_a_code_stands_once() -> None:
    with pytest.raises(Invalid, match=r"areas\.tsv 第 3 行：编号 “G1” 重复"):
        rows.write(AREAS, [samples.area("G1"), samples.area("G1")])


@pytest.mark.parametrize("row", [{"code": "G1"}, samples.area("G1") | {"extra": ""}, {}])
def test_a_row_has_all_columns_and_no_others(row: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="列名不对"):
        rows.write(AREAS, [row])


HEADER = b"code\tparent\tlevel\tname\tgrid_type\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "第 1 行：表头不对"),
        (b"\n", "第 1 行：表头不对"),
        (b"code\tname\n", "第 1 行：表头不对"),
        (HEADER.replace(b"\n", b"\r\n"), "第 1 行：表头不对"),
        (b"\xef\xbb\xbf" + HEADER, "第 1 行：表头不对"),
        (HEADER[:-1], "第 1 行：末尾没有换行"),
        (HEADER + b"A\t\tgrid\tA\t", "第 2 行：末尾没有换行"),
        (HEADER + b"A\t\tgrid\tA\n", "第 2 行：应有 5 列，实有 4 列"),
        (HEADER + b"\n", "第 2 行：应有 5 列，实有 1 列"),
        (HEADER + b"A\t\tgrid\tA\t\r\n", "第 2 行：grid_type 的写法不对"),
        (HEADER + b"A\t\tgrid\tA\t\nB\t\tgrid\t\xff\t\n", "第 3 行：不是 UTF-8"),
        (HEADER + b"B\t\tgrid\tB\t\nA\t\tgrid\tA\t\n", "第 3 行：没有按编号排序"),
        (HEADER + b"A\t\tgrid\tA\t\nA\t\tgrid\tA\t\n", "第 3 行：编号 “A” 重复"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=f"areas.tsv {sentence}"):
        rows.read(AREAS, data)
