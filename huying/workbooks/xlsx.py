"""Rows of an .xlsx workbook; runs in the process that opens workbooks, nowhere else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from huying.workbooks.limits import MOST_CHARACTERS
from huying.workbooks.numbers import padded
from huying.workbooks.ooxml import SheetFacts, facts, transitional

Spoken = dict[str, Any] | list[Any]


def speak(data: bytes) -> Iterator[Spoken]:
    """Yield each sheet and its rows as `huying.workbooks` writes them."""
    from openpyxl import load_workbook  # noqa: PLC0415

    data = transitional(data)
    known = facts(data)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    asks = any(each.formulas for each in known.values())
    formulas = load_workbook(io.BytesIO(data), read_only=True) if asks else None
    for sheet in book.worksheets:
        own = known.get(sheet.title, SheetFacts())
        if sheet.sheet_state != "visible":
            yield {"sheet": sheet.title, "hidden": True}
            continue
        yield {
            "sheet": sheet.title,
            "merged": own.merged,
            "hidden_rows": own.hidden_rows,
            "hidden_columns": own.hidden_columns,
        }
        yield from _rows(sheet, formulas[sheet.title] if formulas and own.formulas else None)


def _rows(sheet: Any, formulas: Any) -> Iterator[Spoken]:
    sheet.reset_dimensions()
    if formulas is not None:
        formulas.reset_dimensions()
    beside = formulas.iter_rows() if formulas is not None else None
    zeros: set[int] = set()
    for line, row in enumerate(sheet.iter_rows(), start=1):
        asked = next(beside, ()) if beside is not None else ()
        cells = [
            _cell(each, asked[place] if place < len(asked) else None, place, zeros)
            for place, each in enumerate(row)
        ]
        if any(cell is not None for cell in cells):
            yield [line, cells]
    yield {"padded": sorted(zeros)}


def _cell(cell: Any, asked: Any, place: int, zeros: set[int]) -> Any:
    value = cell.value
    if value is None:
        return {"f": 1} if asked is not None and asked.data_type == "f" else None
    if isinstance(value, str):
        return {"e": value} if cell.data_type == "e" else value[: MOST_CHARACTERS + 70_000]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if shown := padded(value, cell.number_format):
            zeros.add(place)
            return shown
        return {"n": repr(value)}
    return day(value)


def day(value: Any) -> Any:
    """Return a moment, a day or a time as it is written; any other thing as a text."""
    if isinstance(value, datetime):
        return {"d": value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")}
    if isinstance(value, date | time):
        return {"d": value.isoformat()}
    return str(value)[: MOST_CHARACTERS + 70_000]
