"""Files of five households as clerks send them, each with how it should end: made here, kept nowhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.huying.sheets.hostile import comma
from tests.huying.sheets.household_table import xls, xlsx

GRIDS = (
    ("YC-111", "春一社区第一网格"),
    ("YC-112", "春一社区第二网格"),
    ("YC-211", "同名网格"),
    ("YC-212", "同名网格"),
)
IDENTITY = "11010519491231002X"
OLD_IDENTITY = "110105491231002"
HEADS = ["户编号", "网格编号", "地址", "电话", "电话来源", "电话登记日期", "登记人"]
ROWS = [
    [
        f"H000{n}",
        "YC-111" if n < 3 else "YC-112",
        f"春一路{n}号",
        f"1380000000{n}",
        "物业",
        "2026-11-03",
        "李四",
    ]
    for n in range(1, 6)
]
TABLE = [HEADS, *ROWS]
BARE = [HEADS[:4], *(row[:4] for row in ROWS)]
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ClerksFile:
    """A file and how it ends: `said` stands in the answer; `refused` says that nothing of it is stored.

    `never` must not be shown or stored anywhere; `line` is the row that is named. A file that is taken states
    the five households; `coded` tells whether by their own codes.
    """

    about: str
    file: str
    data: Callable[[], bytes]
    said: tuple[str, ...] = ()
    refused: bool = False
    never: tuple[str, ...] = ()
    line: int = 0
    coded: bool = True


def text(rows: Rows = TABLE, *, sign: str = ",", encoding: str = "utf-8") -> Callable[[], bytes]:
    """Return what makes a text table."""
    return lambda: comma([list(map(str, row)) for row in rows], sign=sign).encode(encoding)


def sheet(
    rows: Rows, *, make: Any = xlsx, touch: Callable[[Any], object] | None = None
) -> Callable[[], bytes]:
    """Return what makes a workbook of one sheet."""
    return lambda: make(("表", rows), touch=touch)


def changed(column: str, *cells: str) -> list[list[str]]:
    """Return the table with other cells in a column, from the first row on."""
    at = HEADS.index(column)
    rows = [[*row] for row in ROWS]
    for row, cell in zip(rows, cells, strict=False):
        row[at] = cell
    return [HEADS, *rows]


def headed(*heads: str) -> list[list[str]]:
    """Return the table under other headings."""
    return [[*heads], *(row[: len(heads)] for row in ROWS)]


def _merge(cells: str, sheet: Any) -> None:
    sheet.merge_cells(cells)


def _hide(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["G"].hidden = True


def _paint(sheet: Any) -> None:
    sheet["B600000"].fill = PatternFill("solid", fgColor="FFFF00")


def _from_1904(sheet: Any) -> None:
    sheet.parent.epoch = CALENDAR_MAC_1904


def _error(sheet: Any) -> None:
    sheet["D3"].value, sheet["D3"].data_type = "#REF!", "e"


def _zeros(sheet: Any) -> None:
    for line in range(2, 7):
        sheet.cell(line, 1).number_format = "00000"


def _one_cell_dimension() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(("表", TABLE)))) as given, zipfile.ZipFile(made, "w") as out:
        for name in given.namelist():
            out.writestr(name, given.read(name).replace(b'<dimension ref="A1:G6"', b'<dimension ref="A1"'))
    return made.getvalue()


def _open_document() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return made.getvalue()


def _by_sheet() -> bytes:
    heads, pages = [HEADS[0], *HEADS[2:]], []
    for grid in ("YC-111", "YC-112"):
        own = [[row[0], *row[2:]] for row in ROWS if row[1] == grid]
        pages.append((grid, [heads, *own]))
    return xlsx(*pages)


def _persons(*, repeated: bool) -> list[list[str]]:
    rows = [[*HEADS, "姓名", "与户主关系"]]
    for row in ROWS:
        rows += [[*row, "甲", "户主"], [row[0] if repeated else "", *row[1:3], "", "", "", "", "乙", "子女"]]
    return rows


SECTION = "YC-111 春一社区"
NOTED = (
    ["合计", "", "5户"],
    ["注：数据截至十一月"],
    ["填表人：张三", "", "审核：李四", "", "日期：2026年11月"],
)

TAKEN = (
    ClerksFile("GBK", "a.csv", text(encoding="gbk"), ("GB 18030",)),
    ClerksFile(
        "signs of four bytes in GB18030",
        "a.csv",
        text(changed("登记人", "𠮷田"), encoding="gb18030"),
        ("GB 18030",),
    ),
    ClerksFile("UTF-16 with a mark", "a.csv", text(encoding="utf-16"), ("UTF-16",)),
    ClerksFile("UTF-16 without a mark", "a.csv", text(encoding="utf-16-le"), ("UTF-16",)),
    ClerksFile("UTF-8 with a mark and ;", "a.csv", text(sign=";", encoding="utf-8-sig"), ("分隔符是“;”",)),
    ClerksFile("tabs", "a.txt", text(sign="\t"), ("制表符",)),
    ClerksFile("a title", "a.csv", text([["云川市住户名册"], *TABLE]), ("标题",)),
    ClerksFile(
        "titles with separators in them", "a.csv", text([["云川市", "名册", "2026"], [""], *TABLE]), ("标题",)
    ),
    ClerksFile(
        "a title with a comma over tabs", "a.csv", text([["名册,第一册"], *TABLE], sign="\t"), ("标题",)
    ),
    ClerksFile(
        "two rows of headings",
        "a.xlsx",
        sheet(
            [["户编号", "网格编号", "地址", "联系方式", "", "", ""], ["", "", "", *HEADS[3:]], *ROWS],
            touch=partial(_merge, "D1:G1"),
        ),
        ("表头在第 1、2 行",),
    ),
    ClerksFile("headings on every page", "a.csv", text([*TABLE[:3], HEADS, *TABLE[3:]]), ("重复的表头",)),
    ClerksFile(
        "a merged section row",
        "a.xlsx",
        sheet([*TABLE[:3], [SECTION], *TABLE[3:]], touch=partial(_merge, "A4:G4")),
        ("分段的行", SECTION),
    ),
    ClerksFile(
        "section rows instead of a column",
        "a.csv",
        text(
            [
                [HEADS[0], *HEADS[2:]],
                ["YC-111 春一社区"],
                *([row[0], *row[2:]] for row in ROWS[:2]),
                ["YC-112 春一社区"],
                *([row[0], *row[2:]] for row in ROWS[2:]),
            ]
        ),
        ("用了分段行里写的",),
    ),
    ClerksFile("totals, notes and signatures", "a.csv", text([*TABLE, *NOTED]), ("合计", "说明、签字")),
    ClerksFile(
        "a grid merged downwards",
        "a.xlsx",
        sheet(
            [HEADS, ROWS[0], *([row[0], "", *row[2:]] if row is ROWS[1] else row for row in ROWS[1:])],
            touch=partial(_merge, "B2:B3"),
        ),
        ("合并的单元格往下填了",),
    ),
    ClerksFile("a row a person, code repeated", "a.csv", text(_persons(repeated=True)), ("10 行合成 5 户",)),
    ClerksFile("a sheet a grid", "a.xlsx", _by_sheet, ("YC-111", "YC-112", "用了工作表的名字")),
    ClerksFile(
        "hidden rows and columns",
        "a.xlsx",
        sheet(TABLE, touch=_hide),
        ("1 行是隐藏的", "隐藏的列也读了：登记人"),
    ),
    ClerksFile("a coloured cell in row 600,000", "a.xlsx", sheet(TABLE, touch=_paint)),
    ClerksFile("a dimension of A1", "a.xlsx", _one_cell_dimension),
    ClerksFile(
        "one empty and one full telephone column",
        "a.csv",
        text([[*HEADS[:3], "电话", "手机"], *([*row[:3], "", row[3]] for row in ROWS)]),
        ("电话←手机",),
    ),
    ClerksFile(
        "two telephone columns",
        "a.csv",
        text([[*HEADS[:3], "电话1", "电话2"], *([*row[:4], row[3]] for row in ROWS)]),
        ("电话←电话1，电话←电话2",),
    ),
    ClerksFile(
        "words of one office",
        "a.csv",
        text(headed("户号", "所属网格", "门牌", "手机", "来源", "登记日期", "采集人")),
    ),
    ClerksFile(
        "words of another",
        "a.csv",
        text(headed("住户编号：", "网格 编码", "住 址", "手机号", "来源", "登记日期", "采集人")),
    ),
    ClerksFile(
        "words in full width", "a.csv", text(headed("房屋编号*", "网格名称（必填）", "详细地址", "联系电话"))
    ),
    ClerksFile(
        "words in traditional signs",
        "a.csv",
        text(headed("戶主編號", "所屬網格", "房屋地址", "聯繫方式", "來源", "登記日期", "採集人")),
    ),
    ClerksFile("words for mobiles", "a.csv", text(headed("户号", "网格", "地址", "移动电话"))),
    ClerksFile(
        "grids by their names",
        "a.csv",
        text(changed("网格编号", *(dict(GRIDS)[row[1]] for row in ROWS))),
        ("5 行写的是网格的名称",),
    ),
    ClerksFile("a column too few at the end", "a.csv", text([HEADS, *(row[:6] for row in ROWS)])),
    ClerksFile(
        "extensions",
        "a.csv",
        text(changed("电话", "021-5555 1234-801", "021-55551234转801", "021 5555 1234 ext. 801")),
        ("3 个号码带分机",),
    ),
    ClerksFile(
        "several numbers in a cell",
        "a.xlsx",
        sheet(
            changed(
                "电话",
                "13800000001、021-55551234",
                "13800000001/13800000002",
                "13800000001；13800000002",
                "13800000001 13800000002",
                "13800000001\n13800000002",
            )
        ),
        ("5 户有几个号码",),
    ),
    ClerksFile("no telephone", "a.csv", text(changed("电话", "无", "暂无", "没有", "空号", "-"))),
    ClerksFile(
        "codes as a spreadsheet damages them",
        "a.csv",
        text(changed("户编号", "'00001", '="00002"', "103.0", "104.0", "105")),
        ("已去掉", "101.0"),
        coded=False,
    ),
    ClerksFile(
        "zeros by a number format",
        "a.xlsx",
        sheet([HEADS, *([n, *row[1:]] for n, row in enumerate(ROWS, start=1))], touch=_zeros),
        ("按显示的样子读",),
        coded=False,
    ),
    ClerksFile(
        "days in many shapes",
        "a.csv",
        text(changed("电话登记日期", "2026/11/3", "2026.11.3", "20261103", "2026年11月3日", "3-Nov-26")),
    ),
    ClerksFile(
        "days with a time, and serials", "a.csv", text(changed("电话登记日期", "2026-11-03 08:30", "46329"))
    ),
    ClerksFile(
        "days counted from 1904",
        "a.xlsx",
        sheet([HEADS, *([*row[:5], date(2026, 11, 3), row[6]] for row in ROWS)], touch=_from_1904),
    ),
    ClerksFile(".xls", "a.xls", sheet(TABLE, make=xls)),
    ClerksFile(
        "addresses like formulas",
        "a.csv",
        text(changed("地址", "=1+1", "+1号楼", "@单元", "-2号", "春一路")),
        coded=True,
    ),
)

REFUSED = (
    *(
        ClerksFile(
            f"a telephone: {about}", "a.csv", text(changed("电话", cell)), (said,), refused=True, line=2
        )
        for about, cell, said in (
            ("a digit lost", "1380000000", "这里有 10 位"),
            ("a digit added", "138000000010", "这里有 12 位"),
            ("a letter O", "138O0000001", "号码里有字母"),
            ("a letter l", "1380000000l", "号码里有字母"),
            ("as a decimal", "13800000001.0", "多了“.0”"),
            ("in E notation", "1.38E+10", "科学计数法"),
            ("masked", "138****8000", "被遮住了"),
            ("digits all alike", "11111111111", "全都一样"),
            ("12345", "12345", "服务热线"),
            ("95588", "95588", "服务热线"),
            ("110", "110", "服务热线"),
            ("without its area code", "55551234", "没有写区号"),
        )
    ),
    ClerksFile(
        "a name of two grids",
        "a.csv",
        text(changed("网格编号", "同名网格")),
        ("YC-211", "YC-212"),
        refused=True,
        line=2,
    ),
    *(
        ClerksFile(
            f"a grid that isn't: {grid}",
            "a.csv",
            text(changed("网格编号", grid)),
            ("最接近的是 YC-111",),
            refused=True,
            line=2,
        )
        for grid in ("YC-11l", "YC111", "yc-111")
    ),
    *(
        ClerksFile(
            f"an identity number: {column}",
            "a.csv",
            text(changed(column, cell)),
            (column,),
            True,
            (cell[-12:],),
            line=2,
        )
        for column, cell in (
            ("户编号", IDENTITY),
            ("地址", f"春一路{IDENTITY}"),
            ("电话来源", OLD_IDENTITY),
            ("登记人", f"李四{IDENTITY}"),
        )
    ),
    *(
        ClerksFile(
            f"a telephone: {column}",
            "a.csv",
            text(changed(column, cell)),
            (column,),
            True,
            ("13800138000",),
            line=2,
        )
        for column, cell in (
            ("户编号", "13800138000"),
            ("地址", "春一路 13800138000"),
            ("登记人", "李四13800138000"),
        )
    ),
    ClerksFile(
        "one code in two spellings",
        "a.csv",
        text(changed("户编号", "H00009", "h00009")),
        ("重复",),
        refused=True,
        line=3,
    ),
    ClerksFile(
        "full width beside half width",
        "a.csv",
        text(changed("户编号", "H0009", "Ｈ０００９")),
        ("重复",),
        refused=True,
        line=3,
    ),
    *(
        ClerksFile(
            f"a day: {day}", "a.csv", text(changed("电话登记日期", day)), (said,), refused=True, line=2
        )
        for day, said in (
            ("1899-12-30", "太早"),
            ("2062-11-03", "今天以后"),
            ("2026-11-27", "今天以后"),
            ("3/11/2026", "分不清"),
        )
    ),
    ClerksFile(
        "headings of address and telephone exchanged",
        "a.csv",
        text(headed("户编号", "网格编号", "电话", "地址")),
        ("看起来是电话号码",),
        refused=True,
    ),
    ClerksFile(
        "the staff file",
        "a.csv",
        text(
            [
                ["工号", "姓名", "网格编号", "电话", "值守开始"],
                ["W1", "甲", "YC-111", "13800000001", "2026-11-03"],
            ]
        ),
        ("网格员名册", "网格办"),
        refused=True,
    ),
    ClerksFile(
        "HTML called .xls",
        "a.xls",
        lambda: b"\xef\xbb\xbf<html><table></table></html>",
        ("网页",),
        refused=True,
    ),
    ClerksFile(".et", "a.et", sheet(TABLE, make=xls), ("WPS", "另存为"), refused=True),
    ClerksFile(".ods", "a.ods", _open_document, ("OpenDocument", "另存为"), refused=True),
    ClerksFile(
        "a formula without its value",
        "a.xlsx",
        sheet([HEADS, [*ROWS[0][:3], '="138"&"00000001"', *ROWS[0][4:]], *ROWS[1:]]),
        ("公式没有算出结果",),
        refused=True,
        line=2,
    ),
    ClerksFile("#REF!", "a.xlsx", sheet(TABLE, touch=_error), ("#REF!",), refused=True, line=3),
    ClerksFile(
        "rows in UTF-8 pasted into GBK",
        "a.csv",
        lambda: text(encoding="gbk")() + "H9,YC-111,春一路九号,,,,".encode() + b"\r\n",
        ("两种编码", "第 7 行"),
        refused=True,
    ),
)
