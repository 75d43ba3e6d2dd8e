"""Whatever a table of households is dressed up as, the same are stored, and what was left out is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from huying.base.phones import Vault
from huying.sheets.recognition import REASONS
from huying.sheets.words import key
from huying.store.db import Database
from survey.models import Household, Number
from survey.registry.operations import registry
from survey.registry.rules import file as registry_file
from survey.registry.rules.layout import LAYOUT, WORDS
from tests.conftest import NOW
from tests.huying.sheets.hostile import comma
from tests.huying.sheets.household_table import xls, xlsx
from tests.support.examples import examples
from tests.support.owner import empty

NAMES = ("household", "grid", "address", "phone", "phone_source", "phone_date", "phone_by")
HEADS = [LAYOUT.headings[name] for name in NAMES]
Rows = list[list[str]]
Disguise = Callable[[Rows, Callable[[Sequence[Any]], Any]], tuple[str, bytes, str]]
"""Return a file's name, its bytes, and words that must be said of it; `choose` is Hypothesis's."""


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Households by grid: codes of five digits, invented numbers or none."""
    count = draw(st.integers(2, 8))
    grids = sorted(
        draw(st.lists(st.sampled_from(["YC-111", "YC-112", "G7"]), min_size=count, max_size=count))
    )
    streets = st.sampled_from(["春一路", "和平里3号楼", "Main St ", "𠮷祥里"])
    rows = []
    for number, grid in enumerate(grids, start=1):
        phone = f"+9991{number:08d}" if draw(st.booleans()) else ""
        noted = ["物业登记", "2026-05-01"] if phone or draw(st.booleans()) else ["", ""]
        by = draw(st.sampled_from(["名册员", "李四"]))
        rows.append([f"{number:05d}", grid, f"{draw(streets)}{number}室", phone, *noted, by])
    return rows


def encoded(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    name = choose(["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
    said = {"gb": "GB 18030", "ut": "UTF"}[name[:2]]
    return "a.csv", comma([HEADS, *rows]).encode(name), said


def separated(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    return "a.csv", comma([HEADS, *rows], sign=choose(["\t", ";", "|"])).encode(), "分隔符"


def titled(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    title = choose([["云川市住户名册"], ["云川市", "名册", "2026年"], ["名册；第一册"]])
    return "a.csv", comma([title, HEADS, *rows]).encode(), "标题"


def _spans(rows: Rows) -> list[tuple[int, int, str]]:
    """Return first line, last line and grid of each run of rows with one grid; the headings are line 0."""
    spans, line = [], 1
    for grid, own in groupby(rows, key=lambda row: row[1]):
        count = len(list(own))
        spans.append((line, line + count - 1, grid))
        line += count
    return spans


def merged(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    spans = _spans(rows)

    def touch(sheet: Any) -> None:
        for top, bottom, grid in spans:
            if make is xlsx:
                sheet.merge_cells(start_row=top + 1, end_row=bottom + 1, start_column=2, end_column=2)
            else:
                sheet.write_merge(top, bottom, 1, 1, grid)

    make = choose([xlsx, xls])
    firsts = {top for top, _bottom, _grid in spans} if make is xlsx else set()
    bare = [[row[0], row[1] if at in firsts else None, *row[2:]] for at, row in enumerate(rows, start=1)]
    said = "合并的单元格" if any(bottom > top for top, bottom, _grid in spans) else ""
    return "a.xlsx", make(("表", [HEADS, *bare]), touch=touch), said


def totalled(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    total = [choose(["合计", "合 计", "小計"]), "", f"{len(rows)}户"]
    below = [total, ["填表人：张三", "", "审核：李四"], ["注：数据截至十一月"]]
    return "a.csv", comma([HEADS, *rows, *below]).encode(), "合计"


def repeated(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    at = choose(range(1, len(rows)))
    return "a.csv", comma([HEADS, *rows[:at], HEADS, *rows[at:]]).encode(), "重复的表头"


def hidden(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    line = choose(range(2, len(rows) + 2))

    def touch(sheet: Any) -> None:
        if make is xlsx:
            sheet.row_dimensions[line].hidden = True
        else:
            sheet.row(line - 1).hidden = True

    make = choose([xlsx, xls])
    return "a.xls", make(("表", [HEADS, *rows]), touch=touch), "隐藏"


def reordered(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    turn = choose(range(len(HEADS)))
    turned = [[*row[turn:], *row[:turn]] for row in [[*HEADS], *rows]]
    return "a.csv", comma(turned).encode(), "认出的列"


def renamed(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    heads = [choose(WORDS[name]) for name in NAMES]
    dressed = [choose([head, f"{head}：", f"*{head}", " ".join(head), f"{head}（必填）"]) for head in heads]
    return "a.csv", comma([[*dressed, "备注"], *([*row, "x"] for row in rows)]).encode(), "没有用的列：备注"


def formatted(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    numbers = [[int(row[0]), *row[1:]] for row in rows]
    if choose([True, False]):

        def touch(sheet: Any) -> None:
            for line in range(2, len(rows) + 2):
                sheet.cell(line, 1).number_format = "00000"

        return "a.xlsx", xlsx(("表", [HEADS, *numbers]), touch=touch), "按显示的样子读"

    def rewrite(sheet: Any) -> None:
        zeros = xlwt.easyxf(num_format_str="00000")
        for line, row in enumerate(numbers, start=1):
            sheet.write(line, 0, row[0], zeros)

    data = xls(("表", [HEADS, *([None, *row[1:]] for row in rows)]), touch=rewrite)
    return "a.xls", data, "按显示的样子读"


def sheet_a_grid(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    heads = [HEADS[0], *HEADS[2:]]
    pages = [
        (f"{grid} 社区" if grid != "G7" else grid, [heads, *([row[0], *row[2:]] for row in own)])
        for grid, own in groupby(rows, key=lambda row: row[1])
    ]
    # A single sheet states nothing by its title but where it looks like a grid.
    pages = [(title.split()[0] if len(pages) == 1 else title, page) for title, page in pages]
    if len(pages) == 1 and pages[0][0] == "G7":
        return "a.csv", comma([HEADS, *rows]).encode(), ""
    return "a.xlsx", choose([xlsx, xls])(*pages), "用了工作表的名字"


def sectioned(rows: Rows, choose: Any) -> tuple[str, bytes, str]:
    given: Rows = [[HEADS[0], *HEADS[2:]]]
    for grid, own in groupby(rows, key=lambda row: row[1]):
        given += [[choose([f"{grid} 某社区", f"网格：{grid}"])], *([row[0], *row[2:]] for row in own)]
    return "a.csv", comma(given).encode(), "用了分段行里写的"


def by_person(rows: Rows, _choose: Any) -> tuple[str, bytes, str]:
    given = [[*HEADS, "姓名", "与户主关系"]]
    for row in rows:
        given += [[*row, "甲", "户主"], [*row[:3], "", "", "", row[6], "乙", "子女"]]
    return "a.csv", comma(given).encode(), f"{2 * len(rows)} 行合成 {len(rows)} 户"


DISGUISES: tuple[Disguise, ...] = (
    encoded,
    separated,
    titled,
    merged,
    totalled,
    repeated,
    hidden,
    reordered,
    renamed,
    formatted,
    sheet_a_grid,
    sectioned,
    by_person,
)


@pytest.mark.parametrize("disguise", DISGUISES, ids=lambda disguise: disguise.__name__)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=tables(), data=st.data())
def test_a_table_in_disguise_states_the_same_households(
    disguise: Disguise, rows: Rows, data: st.DataObject
) -> None:
    name, file, said = disguise(rows, lambda options: data.draw(st.sampled_from(options)))
    plain = registry_file.read(comma([HEADS, *rows]).encode(), file="plain.csv", allowed="invented")
    stated = registry_file.read(file, file=name, allowed="invented")
    assert not stated.faults.found
    assert [entry.text() for entry in stated.entries] == [entry.text() for entry in plain.entries]
    told = "\n".join(stated.recognition.words(LAYOUT.headings))
    assert said in told
    for reason in stated.recognition.left_out:
        assert str(REASONS[reason]) in told


def test_what_is_stored_of_each_disguise_is_equal(survey_db: Database, vault: Vault) -> None:
    rows = [
        [
            f"{n:05d}",
            "YC-111" if n < 3 else "YC-112",
            f"春一路{n}室",
            f"+9991{n:08d}",
            "物业",
            "2026-05-01",
            "李四",
        ]
        for n in range(1, 6)
    ]
    first: list[Any] = []
    for disguise in DISGUISES:
        name, file, _said = disguise(rows, lambda options: next(iter(options)))
        with survey_db.transaction() as session:
            counts = registry.import_households(
                session, file, vault=vault, allowed="invented", by="r", now=NOW, file=name
            )
            assert counts.created == (0 if first else 5), disguise
            assert (counts.changed, counts.moved, counts.left) == (0, 0, 0), disguise
            held = select(Household.code, Household.grid_code, Household.address, Number.blind_index)
            found = session.execute(held.join(Number).order_by(Household.code)).all()
        first = first or found
        assert found == first


LISTED = (
    "户号",
    "住户编号",
    "房屋编号",
    "户主编号",
    "所属网格",
    "网格编码",
    "网格名称",
    "门牌",
    "住址",
    "详细地址",
    "房屋地址",
    "手机",
    "手机号",
    "手机号码",
    "联系电话",
    "联系方式",
    "移动电话",
    "来源",
    "登记日期",
    "采集人",
)


@examples(4)
@given(rows=tables(), data=st.data())
def test_in_any_disguise_a_table_again_writes_nothing(
    survey_db: Database, vault: Vault, rows: Rows, data: st.DataObject
) -> None:
    empty(survey_db, "registry_event", "household_number", "household_adult", "household")
    disguise = data.draw(st.sampled_from(DISGUISES))
    hidden, file, _said = disguise(rows, lambda options: data.draw(st.sampled_from(options)))
    plain = comma([HEADS, *rows]).encode()
    for name, content, new in (("plain.csv", plain, len(rows)), (hidden, file, 0)):
        with survey_db.transaction() as session:
            counts = registry.import_households(
                session, content, vault=vault, allowed="invented", by="r", now=NOW, file=name
            )
        assert (counts.created, counts.changed, counts.moved, counts.left) == (new, 0, 0, 0)
        assert counts.unchanged == len(rows) - new


def test_at_least_sixty_words_are_known_for_the_columns_of_a_household():
    words = {key(word) for name in NAMES for word in WORDS[name]}
    assert len(words) >= 60
    assert words.issuperset(map(key, LISTED))


def test_an_address_merged_downwards_is_everybodys():
    rows = [
        [f"{n:05d}", "YC-111", "春一路1号" if n == 1 else "", f"+9991{n:08d}", "物业", "2026-05-01", "李四"]
        for n in (1, 2)
    ]
    file = xlsx(("名册", [HEADS, *rows]), touch=lambda sheet: sheet.merge_cells("C2:C3"))
    stated = registry_file.read(file, file="a.xlsx", allowed="invented")
    assert [entry.address for entry in stated.entries] == ["春一路1号", "春一路1号"]
    assert "合并的单元格往下填了" in "\n".join(stated.recognition.words(LAYOUT.headings))
