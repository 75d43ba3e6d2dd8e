"""Rows of an .xls workbook, the format until 2007; runs in the process that opens workbooks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from huying.workbooks.limits import MOST_CHARACTERS
from huying.workbooks.numbers import padded
from huying.workbooks.xlsx import Spoken, day


def speak(data: bytes) -> Iterator[Spoken]:
    """Yield each sheet and its rows as `huying.workbooks` writes them."""
    import xlrd  # noqa: PLC0415

    try:
        # What it has to say of a file goes nowhere: standard output is for rows.
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" not in str(error):
            raise
        yield {"locked": True}
        return
    for sheet in book.sheets():
        if sheet.visibility:
            yield {"sheet": sheet.name, "hidden": True}
            continue
        yield {
            "sheet": sheet.name,
            "merged": [(top + 1, left, below, right - 1) for top, below, left, right in sheet.merged_cells],
            "hidden_rows": [row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden],
            "hidden_columns": [place for place, info in sheet.colinfo_map.items() if info.hidden],
        }
        yield from _rows(book, sheet)


def _rows(book: Any, sheet: Any) -> Iterator[Spoken]:
    zeros: set[int] = set()
    for row in range(sheet.nrows):
        cells = [_cell(book, each, place, zeros) for place, each in enumerate(sheet.row(row))]
        if any(cell is not None for cell in cells):
            yield [row + 1, cells]
    yield {"padded": sorted(zeros)}


def _cell(book: Any, cell: Any, place: int, zeros: set[int]) -> Any:
    import xlrd  # noqa: PLC0415

    value = cell.value
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return value[:MOST_CHARACTERS] or None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return {"e": xlrd.error_text_from_code.get(value, "#?")}
    if cell.ctype not in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return None
    form = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _moment(book, value)
    if shown := padded(value, form):
        zeros.add(place)
        return shown
    return {"n": repr(int(value) if value == int(value) else value)}


def _moment(book: Any, value: float) -> Any:
    import xlrd  # noqa: PLC0415

    try:
        return day(xlrd.xldate_as_datetime(value, book.datemode))
    except (ValueError, OverflowError):
        return {"n": repr(value)}
