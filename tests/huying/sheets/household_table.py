"""A table of households for tests of reading, and the workbooks and texts that hold it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import xlwt
from openpyxl import Workbook

from huying.sheets import Column, Fold, Layout, Table, read
from tests.huying.sheets.hostile import comma

LAYOUT = Layout(
    "住户",
    (
        Column("household", "户编号", ("户号",), required=False, kind="code"),
        Column("grid", "网格编号", ("网格", "网格名称"), kind="code"),
        Column("address", "地址", ("住址", "门牌"), required=False, words=True),
        Column("phone", "电话", ("手机", "联系电话"), kind="phone", several=True),
        Column("day", "登记日期", required=False, kind="date"),
        Column("adults", "成年人电话", required=False),
        Column("person", "姓名", required=False, aside=True),
        Column("relation", "与户主关系", required=False, aside=True),
        Column("age", "年龄", required=False, aside=True),
    ),
    "households",
    needs=(("household", "address"),),
    grouped="grid",
    fold=Fold(
        key="household",
        same=("grid", "address"),
        number="phone",
        noted=("day",),
        into="adults",
        persons=("person", "relation"),
        relation="relation",
        heads=("户主", "本人"),
        age="age",
    ),
)
HEADS = ["户编号", "网格编号", "地址", "电话"]
ROWS = [[f"H000{n}", f"YC-11{n % 2 + 1}", f"春一路{n}号", f"+9991000000{n}"] for n in range(1, 6)]
TABLE = [HEADS, *ROWS]
Touch = Callable[[Any], object]


def taken(data: bytes, *, file: str = "a.csv", **how: Any) -> Table:
    """Read a file of households."""
    return read(data, file=file, layout=LAYOUT, **how)


def cells(table: Table) -> list[list[str]]:
    """Return what was read of the four columns."""
    return [[row[name] for name in ("household", "grid", "address", "phone")] for row in table.rows]


def text(rows: Sequence[Sequence[str]] = TABLE, *, sign: str = ",", encoding: str = "utf-8") -> bytes:
    """Return a text table."""
    return comma(rows, sign=sign).encode(encoding)


def xlsx(*sheets: tuple[str, Sequence[Sequence[Any]]], touch: Touch | None = None) -> bytes:
    """Return a workbook; `touch` is given its first sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if touch:
        touch(book.worksheets[0])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def xls(*sheets: tuple[str, Sequence[Sequence[Any]]], touch: Touch | None = None) -> bytes:
    """Return an old workbook; `touch` is given its first sheet."""
    book = xlwt.Workbook()
    for title, rows in sheets:
        sheet = book.add_sheet(title)
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(line, place, value)
    if touch:
        touch(book.get_sheet(0))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def said(table: Table) -> str:
    """Return everything that was said of a file."""
    headings = {column.name: column.heading for column in LAYOUT.columns}
    return "\n".join(table.recognition.words(headings))
