"""Files as they come: encodings, headings, days, bombs. Each ends in the right rows or in a sentence."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msoffcrypto.format.ooxml
from openpyxl import Workbook

from huying.sheets import Column, Layout

Rows = list[list[Any]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Hostile:
    """A file that tries something; `rows` of data where it is right, else words of the sentence."""

    name: str
    file: str
    data: bytes
    rows: int = 0
    says: tuple[str, ...] = ()


def files(layout: Layout) -> list[Hostile]:
    """Return the files, made for a layout from its columns' examples."""
    made = _Made(layout)
    return [*made.texts(), *made.books(), *made.broken(), *made.swollen()]


def book(*sheets: tuple[str, Rows], touch: Callable[[Workbook], None] | None = None) -> bytes:
    """Return a workbook of sheets."""
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if touch:
        touch(made)
    data = io.BytesIO()
    made.save(data)
    return data.getvalue()


def comma(rows: Sequence[Sequence[str]], *, sign: str = ",", end: str = "\r\n") -> str:
    """Return a text table."""
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=sign, lineterminator=end).writerows(rows)
    return made.getvalue()


class _Made:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.heads = [column.heading for column in layout.asked]
        self.row = [column.example for column in layout.asked]
        self.table = [self.heads, self.row]
        self.first = layout.columns[0]

    def _place(self, wanted: Callable[[Column], bool]) -> int:
        return next((at for at, column in enumerate(self.layout.columns) if wanted(column)), 0)

    def _with(self, value: Any, at: int = 0) -> list[Any]:
        return [value if place == at else cell for place, cell in enumerate(self.row)]

    def _marked(self) -> list[str]:
        return [f"*{head} " for head in self.heads]

    def texts(self) -> list[Hostile]:
        """Text tables that differ in how they are written, and some that are no tables."""
        text = comma(self.table)
        wide = str.maketrans("0123456789", "０１２３４５６７８９")
        code = self._place(lambda column: column.kind in {"code", "phone"})
        swapped = [row[::-1] for row in self.table]
        needed = self._place(lambda column: column.required)
        lost = [row[:needed] + row[needed + 1 :] for row in self.table]
        return [
            Hostile("utf-8", "a.csv", text.encode(), 1),
            Hostile("utf-8 with a mark", "a.csv", text.encode("utf-8-sig"), 1),
            Hostile("gb18030", "a.csv", text.encode("gb18030"), 1),
            Hostile("utf-16", "a.csv", text.encode("utf-16"), 1),
            Hostile("tabs", "a.tsv", comma(self.table, sign="\t").encode(), 1),
            Hostile("semicolons", "a.csv", comma(self.table, sign=";").encode(), 1),
            Hostile("unix lines", "a.csv", comma(self.table, end="\n").encode(), 1),
            Hostile("blank lines", "a.csv", ("\r\n,,\r\n" + text + "\r\n\r\n").encode(), 1),
            Hostile("columns in another order", "a.csv", comma(swapped).encode(), 1),
            Hostile("a title above", "a.csv", comma([["二〇二六年度统计表"], *self.table]).encode(), 1),
            Hostile("marks of need", "a.csv", comma([self._marked(), self.row]).encode(), 1),
            Hostile(
                "full-width digits",
                "a.csv",
                comma([self.heads, self._with(self.row[code].translate(wide), code)]).encode(),
                1,
            ),
            Hostile(
                "unseen signs",
                "a.csv",
                comma([self.heads, [f"\u200b{cell}\u00a0" for cell in self.row]]).encode(),
                1,
            ),
            Hostile("headings alone", "a.csv", comma([self.heads]).encode(), 0),
            Hostile("empty", "a.csv", b"", says=("a.csv", "空")),
            Hostile("blanks alone", "a.csv", b"\r\n \r\n", says=("a.csv", "空")),
            Hostile("a column missing", "a.csv", comma(lost).encode(), says=("a.csv", self.heads[needed])),
            Hostile(
                "a heading twice",
                "a.csv",
                comma([[*self.heads, self.heads[0]], [*self.row, "x"]]).encode(),
                says=("a.csv", self.heads[0], "两次"),
            ),
            Hostile(
                "cells too few",
                "a.csv",
                comma([self.heads, self.row[:needed]] if needed else [self.heads, ["x"]]).encode(),
                says=("a.csv", "第 2 行"),
            ),
            Hostile(
                "a cell too many",
                "a.csv",
                comma([self.heads, [*self.row, "x"]]).encode(),
                says=("a.csv", "第 2 行"),
            ),
            Hostile("an open quote", "a.csv", f'{text}"x'.encode(), says=("a.csv", "第 3 行")),
            Hostile("a null", "a.csv", text.encode() + b"\0", says=("a.csv", "第 3 行")),
            Hostile("no encoding", "a.csv", text.encode() + b"\xff\xff", says=("a.csv", "第 3 行")),
            Hostile(
                "a cell of 100,000 signs",
                "a.csv",
                comma([self.heads, self._with("长" * 100_000)]).encode(),
                says=("a.csv", "第 2 行", self.heads[0]),
            ),
            Hostile(
                "301 columns",
                "a.csv",
                comma([[*self.heads, *(f"栏{n}" for n in range(301))], [*self.row, *[""] * 301]]).encode(),
                says=("a.csv", "300 列"),
            ),
            Hostile("a web page", "a.xls", b"<html><table><tr></tr></table></html>", says=("a.xls",)),
            Hostile("a PDF", "a.pdf", b"%PDF-1.7\n%\xe2\xe3", says=("a.pdf", "PDF")),
        ]

    def books(self) -> list[Hostile]:
        """Workbooks as offices make them."""
        code = self._place(lambda column: column.kind in {"code", "phone"})
        day = self._place(lambda column: column.kind == "date")
        under = [["登记表"], [], self.heads, self.row]

        def merge(made: Workbook) -> None:
            made.active.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(self.heads))

        def two_rows(made: Workbook) -> None:
            for place in range(1, len(self.heads) + 1):
                made.active.merge_cells(start_row=1, end_row=2, start_column=place, end_column=place)

        def hide(made: Workbook) -> None:
            made.worksheets[1].sheet_state = "hidden"

        found = [
            Hostile("xlsx", "a.xlsx", book(("表", self.table)), 1),
            Hostile("merged title", "a.xlsx", book(("表", under), touch=merge), 1),
            Hostile(
                "headings over two rows",
                "a.xlsx",
                book(("表", [self.heads, [None] * len(self.heads), self.row]), touch=two_rows),
                1,
            ),
            Hostile("wrong sheet order", "a.xlsx", book(("说明", [["填表说明"]]), ("表", self.table)), 1),
            Hostile("a hidden copy", "a.xlsx", book(("表", self.table), ("旧表", self.table), touch=hide), 1),
            Hostile(
                "two sheets alike but for a heading",
                "a.xlsx",
                book(("一月", self.table), ("二月", [[*self.heads, "备用"], [*self.row, "x"]])),
                says=("a.xlsx", "一月、二月"),
            ),
            Hostile("an empty workbook", "a.xlsx", book(("表", [])), says=("a.xlsx", "空")),
            Hostile(
                "another table",
                "a.xlsx",
                book(("表", [["甲", "乙"], ["1", "2"]])),
                says=("a.xlsx", "缺少表头"),
            ),
            Hostile(
                "an error",
                "a.xlsx",
                _erroneous([self.heads, self._with("#REF!")]),
                says=("a.xlsx", "第 2 行", self.heads[0], "公式出错"),
            ),
            Hostile(
                "a formula without its value",
                "a.xlsx",
                book(("表", [self.heads, self._with('="x"')])),
                says=("a.xlsx", "第 2 行", self.heads[0], "公式"),
            ),
            Hostile(
                "digits that were eaten",
                "a.xlsx",
                book(("表", [self.heads, self._with("1.38E+10", code)])),
                says=("a.xlsx", "第 2 行", self.heads[code], "科学计数法"),
            ),
        ]
        if self.layout.columns[day].kind == "date":
            at = datetime(2026, 11, 23)  # noqa: DTZ001
            found.append(Hostile("days", "a.xlsx", book(("表", [self.heads, self._with(at, day)])), 1))
            words = comma([self.heads, self._with("2026年11月23日", day)])
            found.append(Hostile("days in words", "a.csv", words.encode(), 1))
        return found

    def broken(self) -> list[Hostile]:
        """Workbooks that can't be opened."""
        whole = book(("表", self.table))
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            names = {name: archive.read(name) for name in archive.namelist()}
        sheet = names["xl/worksheets/sheet1.xml"]
        entities = sheet.replace(
            b"<worksheet",
            b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet',
            1,
        )
        return [
            Hostile("cut in the middle", "a.xlsx", whole[: len(whole) // 2], says=("a.xlsx",)),
            Hostile("locked", "a.xlsx", _locked(whole), says=("a.xlsx", "密码")),
            Hostile("old Excel", "a.xls", OLE + bytes(600), says=("a.xls", ".xls")),
            Hostile("a zip of photographs", "a.xlsx", _zip({"1.jpg": b"x"}), says=("a.xlsx", "不是 Excel")),
            Hostile(
                "a sheet that is no sheet",
                "a.xlsx",
                _zip(names | {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
                says=("a.xlsx", "打不开"),
            ),
            Hostile(
                "entities",
                "a.xlsx",
                _zip(names | {"xl/worksheets/sheet1.xml": entities}),
                says=("a.xlsx", "打不开"),
            ),
        ]

    def swollen(self) -> list[Hostile]:
        """Small files that would fill the memory."""
        whole = book(("表", self.table))
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            names = {name: archive.read(name) for name in archive.namelist()}
        bomb = names | {"xl/worksheets/sheet1.xml": b" " * (64 << 20)}
        many = names | {f"xl/media/{n}": b"" for n in range(1100)}
        return [
            Hostile("a zip bomb", "a.xlsx", _zip(bomb), says=("a.xlsx", "大得不正常")),
            Hostile("a thousand members", "a.xlsx", _zip(many), says=("a.xlsx", "大得不正常")),
        ]


def _zip(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def _locked(whole: bytes) -> bytes:
    made = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(whole)).encrypt("geheim", made)
    return made.getvalue()


def _erroneous(rows: Rows) -> bytes:
    def touch(made: Workbook) -> None:
        made.active["A2"].value, made.active["A2"].data_type = "#REF!", "e"

    return book(("表", rows), touch=touch)
