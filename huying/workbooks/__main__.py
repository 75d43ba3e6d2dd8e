"""Opens and writes workbooks in a process of its own: `python -m huying.workbooks read|write|long`.

The library that does it loads much and trusts what it opens; neither belongs in a server. Reading writes a
JSON line for each sheet, `{"sheet": title, "merged": …, "hidden_rows": …, "hidden_columns": …}`, and one for
each row that holds anything, `[line, [cell, …]]`; a cell is a text, null, or `{"n": number} {"d": day}
{"e": error} {"f": 1}`. Writing takes `[[title, [[cell, …], …]], …]`; what `long` takes, its module says.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile

from huying.workbooks import long, xls, xlsx
from huying.workbooks.limits import MEMORY, MOST_COLUMNS, MOST_ROWS, OLE, SECONDS

EARLIEST = (1980, 1, 1, 0, 0, 0)
NEEDLESS = ("numpy", "PIL")
"""What openpyxl loads where it is installed, for numbers and pictures that no table here has."""

MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


def main() -> None:
    """Do what the first argument says, from standard input to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.modules.update(dict.fromkeys(NEEDLESS))  # type: ignore[arg-type]  # None: not to be had
    if sys.argv[1] == "read":
        _read(sys.stdin.buffer.read())
    elif sys.argv[1] == "long":
        long.write(sys.stdin.buffer, sys.stdout.buffer)
    else:
        _write(json.load(sys.stdin))


def _read(data: bytes) -> None:
    rows = 0
    for spoken in (xls if data.startswith(OLE) else xlsx).speak(data):
        if isinstance(spoken, list):
            _line, cells = spoken
            while cells and cells[-1] is None:
                cells.pop()
            del cells[MOST_COLUMNS + 1 :]
            rows += 1
        if rows > MOST_ROWS + 100:
            print(json.dumps({"too": "long"}))  # noqa: T201
            return
        print(json.dumps(spoken))  # noqa: T201


def _write(sheets: list[tuple[str, list[list[str]]]]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for line, row in enumerate(rows, start=1):
            for place, text in enumerate(row, start=1):
                cell = sheet.cell(line, place)
                cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"
                cell.number_format = "@"
                if line == 1:
                    cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(rows[0], start=1):
            sheet.column_dimensions[get_column_letter(place)].width = max(12, 2 * len(heading) + 4)
    made = io.BytesIO()
    book.save(made)
    sys.stdout.buffer.write(_timeless(made.getvalue()))


def _timeless(data: bytes) -> bytes:
    """Return a workbook without the moment of its making: equal content, equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name in given.namelist():
            text = given.read(name)
            if name == "docProps/core.xml":
                text = MOMENT.sub(rb"\g<1>2000-01-01T00:00:00Z<", text)
            out.writestr(zipfile.ZipInfo(name, EARLIEST), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


if __name__ == "__main__":
    main()
