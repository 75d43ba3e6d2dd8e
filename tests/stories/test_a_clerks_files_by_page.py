"""A clerk brings in four of the hardest files by page alone, without a manual and without script."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from huying.store.db import Database
from survey.models import Area
from tests.huying.sheets.hostile import comma
from tests.huying.sheets.household_table import xls, xlsx
from tests.support.actors import PASSWORD, Staff
from tests.support.browser import DESK, SIDEWAYS, chromium, keep
from tests.support.servers import Installation, free_port

pytestmark = [pytest.mark.browser, pytest.mark.server]

GRIDS = [
    ("YC-111", "春一社区第一网格"),
    ("YC-112", "春一社区第二网格"),
    ("YC-121", "春二社区第一网格"),
    ("YC-131", "和平里网格"),
]
HEADS = ["户编号", "网格编号", "地址", "电话", "电话来源", "电话登记日期", "登记人"]


class Clerk(Staff):
    """Who keeps the registry, at an office's screen."""

    def signs_in(self) -> None:
        """Sign in at a screen of the office's width."""
        self.page.set_viewport_size(DESK)
        super().signs_in()

    def tries(self, file: Path) -> None:
        """Send a file to be tried."""
        self.opens("/registry/")
        self.brings("文件", file)
        self.presses("试导入")

    def looks(self, what: str) -> None:
        """Look at the whole page at the office's width."""
        assert self.page.evaluate(SIDEWAYS) <= 0, what
        keep(self.page, f"{self.name}-{what}", full_page=True)


@pytest.fixture(scope="module")
def clerk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clerk]:
    """A registry of nobody, whose grids a deposit has named, and its clerk signed in."""
    survey = Installation("survey", tmp_path_factory.mktemp("registry"), free_port())
    survey.run(
        "account", "clerk", "--role", "registrar", "--name", "clerk", "--password-file", "-", stdin=PASSWORD
    )
    database = Database(f"sqlite:///{survey.data / 'survey.db'}")
    with database.transaction() as session:
        session.add_all(Area(code=code, level="grid", name=name, grid_type="") for code, name in GRIDS)
    database.dispose()
    with survey.serving(), chromium() as browser:
        person = Clerk(browser, survey.url, "clerk")
        person.signs_in()
        yield person


def test_a_ledger_of_persons_under_a_title_and_two_rows_of_headings(clerk: Clerk, tmp_path: Path) -> None:
    """The usual ledger: a merged title, merged households, totals and signatures below; an old workbook."""
    rows: list[list[Any]] = [
        ["云川市春街道春一社区 2026 年常住人口台账", *[None] * 6],
        ["户编号", "所属网格", "住户情况", None, None, None, "备注"],
        [None, None, "姓名", "与户主关系", "详细地址", "手机号码", None],
    ]
    for number in range(1, 8):
        rows.append(
            [f"P{number:04d}", "YC-111", "张一", "户主", f"春一路{number}号", f"+9991000{number:04d}", None]
        )
        rows.append([None, None, "张二", "配偶", None, f"+9991001{number:04d}", "在外务工"])
    rows += [
        ["合计", None, "14 人"],
        ["填表人：李四", None, None, None, "审核：王五", None, "2026年11月20日"],
    ]

    def touch(sheet: Any) -> None:
        for top in range(3, 17, 2):
            for column in (0, 1, 4):
                sheet.merge(top, top + 1, column, column)
        sheet.merge(0, 0, 0, 6)

    file = tmp_path / "人口台账.xls"
    file.write_bytes(xls(("Sheet1", rows), touch=touch))
    clerk.tries(file)
    clerk.reads("14 行合成 7 户")
    clerk.looks("ledger")
    clerk.presses("导入这个文件")
    clerk.reads("新增 7")


def test_a_sheet_a_grid_with_hidden_rows_and_numbers_as_people_write_them(
    clerk: Clerk, tmp_path: Path
) -> None:
    """A sheet a grid, without a column of grids; land lines with extensions, two numbers, and none."""
    heads = ["户号", "门牌", "电话1", "电话2", "登记日期"]
    pages = [
        (
            grid,
            [
                heads,
                [f"{grid}-1", f"{place + 1}号楼101", "+9991002000" + str(place), "无", "2026/5/1"],
                [f"{grid}-2", f"{place + 1}号楼102", "021-5555 1234-801", "", "2026.5.1"],
                [f"{grid}-3", f"{place + 1}号楼103", "+99910020010、+99910020011", "-", "2026年5月1日"],
            ],
        )
        for place, grid in enumerate(["YC-112", "YC-121"])
    ]

    def touch(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    file = tmp_path / "分网格.xlsx"
    file.write_bytes(xlsx(*pages, ("说明", [["本表由社区填写"]]), touch=touch))
    clerk.tries(file)
    clerk.reads("有 1 行是隐藏的，也读了")
    clerk.page.get_by_text("读得不对").click()
    clerk.looks("sheets")
    clerk.reads("用了工作表的名字")
    clerk.reads("没有读工作表“说明”")
    clerk.presses("导入这个文件")
    clerk.reads("新增 6")


def test_headings_that_nobody_knows_are_said_once_and_offered_again(clerk: Clerk, tmp_path: Path) -> None:
    """Headings of the office's own, in GBK with semicolons: the clerk says which column is which, once."""
    rows = [
        ["编码A", "片", "在哪里", "打哪个"],
        *([f"Q{n}", "YC-131", f"和平里{n}号", f"+9991003{n:04d}"] for n in range(1, 6)),
    ]
    file = tmp_path / "自己的表.csv"
    file.write_bytes(comma(rows, sign=";").encode("gbk"))
    clerk.tries(file)
    clerk.reads("请说明哪一列是什么")
    clerk.looks("unknown-headings")
    for theirs, ours in (("编码A", "户编号"), ("片", "网格编号"), ("在哪里", "地址"), ("打哪个", "电话")):
        clerk.page.get_by_label(theirs, exact=True).select_option(label=ours)
    clerk.presses("按这样重新读")
    clerk.reads("正式导入")
    clerk.looks("said-headings")
    clerk.presses("导入这个文件")
    clerk.tries(file)
    clerk.reads("名册和这个文件完全一样")


def test_good_rows_are_kept_by_name_and_the_others_come_back_as_a_file(clerk: Clerk, tmp_path: Path) -> None:
    """Damaged numbers, an identity number in an address, grids that aren't: good rows go in by a name."""
    good = [
        [f"R{n}", "YC-131", f"新村{n}号", f"+9991004{n:04d}", "物业", "2026-05-01", "李四"]
        for n in range(1, 5)
    ]
    kept = [
        [f"Q{n}", "YC-131", f"和平里{n}号", f"+9991003{n:04d}", "物业", "2026-05-01", "李四"]
        for n in range(1, 6)
    ]
    bad = [
        ["R5", "YC-13l", "新村5号", "+99910040005", "物业", "2026-05-01", "李四"],
        ["R6", "YC-131", "新村6号", "138****8000", "物业", "2026-05-01", "李四"],
        ["R7", "YC-131", "新村7号 11010519491231002X", "+99910040007", "物业", "3/11/2026", "李四"],
    ]
    file = tmp_path / "有错的表.csv"
    file.write_bytes(comma([HEADS, *kept, *good, *bad]).encode())
    clerk.tries(file)
    clerk.reads("最接近的是 YC-131")
    clerk.looks("faults")
    clerk.writes("我核对过", "李四")
    with clerk.page.expect_download() as download:
        clerk.presses("只导入没有错的行")
    back = Path(download.value.path())
    assert download.value.suggested_filename == "households-refused.xlsx"
    assert back.stat().st_size > 0
    clerk.opens("/registry/")
    expect(clerk.page.locator("body")).not_to_contain_text("还没有导入")
    mended = [[*row] for row in bad]
    mended[0][1], mended[1][3], mended[2][2], mended[2][5] = "YC-131", "+99910040006", "新村7号", "2026-11-03"
    file.write_bytes(comma([HEADS, *kept, *good, *mended]).encode())
    clerk.tries(file)
    clerk.reads("新增的户")
    clerk.presses("导入这个文件")
    clerk.reads("新增 3")
    clerk.looks("registry")


def test_the_codes_are_given_back(clerk: Clerk) -> None:
    """What stands in the registry by now is downloaded with its codes."""
    clerk.opens("/registry/")
    with clerk.page.expect_download() as download:
        clerk.page.get_by_role("link", name="下载户编号（CSV）").click()
    rows = list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert len(rows) == 1 + 7 + 6 + 5 + 7
