"""Long workbooks with typed cells, a row in memory at a time; runs in the process that writes workbooks.

Takes JSON lines: `{"sheet": title, "widths": [characters, …]}` begins a sheet, its first row being the
headings; each further line is a row of texts, null, `{"n": number}` or `{"d": moment}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

MOMENT = "yyyy-mm-dd hh:mm"


def write(lines: Iterable[bytes], out: IO[bytes]) -> None:
    """Write the workbook that the lines speak of."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet: Any = None
    headings = False
    for line in lines:
        given = json.loads(line)
        if isinstance(given, dict):
            sheet, headings = _begun(book, given), True
            continue
        sheet.append([_cell(sheet, each, bold=headings) for each in given])
        headings = False
    book.save(out)


def _begun(book: Any, given: dict[str, Any]) -> Any:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheet = book.create_sheet(given["sheet"])
    sheet.freeze_panes = "A2"
    for place, width in enumerate(given["widths"], start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return sheet


def _cell(sheet: Any, given: Any, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    if isinstance(given, str):
        text = _legal(given)
        if not bold and not text.startswith("="):
            return text  # a cell made for each would cost most of the time
        cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"  # whatever it begins with, it is no formula
        cell.font = Font(bold=bold)
        return cell
    if isinstance(given, dict) and "d" in given:
        cell = WriteOnlyCell(sheet, value=datetime.fromisoformat(given["d"]))
        cell.number_format = MOMENT
        return cell
    return given["n"] if given else None


def _legal(text: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    return str(ILLEGAL_CHARACTERS_RE.sub("", text))
