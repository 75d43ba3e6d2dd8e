"""Tables that we hand out: templates to fill in, and refused rows with the reason, to be mended."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import IO, Literal

from huying.base.i18n import Lazy, _, lazy
from huying.sheets import child
from huying.sheets.layout import Column, ColumnKind, Layout
from huying.sheets.table import Fault, Table

Form = Literal["csv", "xlsx"]
Written = str | int | float | datetime | None
"""A cell as it is written: a moment by the clock of the place."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
KINDS: dict[ColumnKind, Lazy] = {
    "text": lazy("文字"),
    "code": lazy("编号：字母、数字"),
    "phone": lazy("电话"),
    "date": lazy("日期，例如 2026-11-23"),
    "time": lazy("时间，例如 2026-11-23 18:00"),
    "number": lazy("数字"),
}


def template(layout: Layout, *, form: Form) -> bytes:
    """Return a table with the layout's headings and one example row."""
    rows = [[column.heading for column in layout.asked], [column.example for column in layout.asked]]
    if form == "csv":
        return _csv(rows)
    return child.workbook([(layout.title, rows), (_("说明"), _explained(layout.asked))])


def returned(table: Table, faults: Iterable[Fault], *, form: Form) -> bytes:
    """Return the refused rows as they stood in the file, with a column that says why."""
    reasons: dict[int, list[str]] = {}
    for fault in faults:
        told = f"{fault.column}：{fault.reason}" if fault.column else fault.reason
        reasons.setdefault(fault.line, []).append(told)
    width = len(table.headings)
    rows = [[*table.headings, _("原因")]]
    for row in table.rows:
        parts = [(row.line, row.raw), *row.more]
        if any(line in reasons for line, _raw in parts):
            for line, raw in parts:
                rows.append([*[*raw, *[""] * width][:width], "；".join(reasons.get(line, ()))])
    return _csv(rows) if form == "csv" else child.workbook([(_("没有通过的行"), rows)])


def _explained(columns: Sequence[Column]) -> list[list[str]]:
    head = [_("列"), _("要不要填"), _("写法"), _("也可以叫")]
    return [
        head,
        *(
            [
                column.heading,
                _("要有这一列") if column.required else _("可以没有"),
                str(KINDS[column.kind]),
                "、".join(column.also),
            ]
            for column in columns
        ),
    ]


def long_table(rows: Iterable[Sequence[Written]]) -> IO[bytes]:
    """Return a file with a CSV of rows that don't fit into memory together; whoever sends it closes it."""
    made = tempfile.TemporaryFile()  # noqa: SIM115
    text = io.TextIOWrapper(made, encoding="utf-8-sig", newline="", write_through=True)
    csv.writer(text).writerows([_plain(cell) for cell in row] for row in rows)
    text.detach()
    made.seek(0)
    return made


def long_workbook(pages: Iterable[tuple[str, Iterable[Sequence[Written]]]]) -> IO[bytes]:
    """Return a file with a workbook of pages (title, rows, the headings first), typed cell by cell."""
    return child.long_workbook(_spoken(pages))


def _spoken(pages: Iterable[tuple[str, Iterable[Sequence[Written]]]]) -> Iterator[str]:
    for title, rows in pages:
        for place, row in enumerate(rows):
            if place == 0:
                widths = [max(12, 2 * len(str(heading)) + 4) for heading in row]
                yield json.dumps({"sheet": title, "widths": widths})
            yield json.dumps([_typed(cell) for cell in row])


def _typed(cell: Written) -> object:
    if isinstance(cell, datetime):
        return {"d": cell.replace(tzinfo=None).isoformat(timespec="minutes")}
    return {"n": cell} if isinstance(cell, int | float) else cell


def _plain(cell: Written) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return as_text(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV that spreadsheet programs in China open rightly, and in which no cell is a formula."""
    with long_table(rows) as made:
        return made.read()


def as_text(cell: str) -> str:
    """Return a cell of text that no spreadsheet takes for a formula; a number cell never comes here."""
    # A telephone number begins with + and is none; everything else that could be a formula is kept from it.
    if cell.startswith("+") and cell[1:].isdigit():
        return cell
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell
