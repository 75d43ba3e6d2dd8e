"""Text tables: their encoding, their separator, their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets.cells import Cell
from huying.sheets.limits import MOST_CHARACTERS

RawRow = tuple[int, list[Cell]]
SEPARATORS = (",", "\t", ";", "，", "|")
UTF_16 = {b"\xff\xfe", b"\xfe\xff"}
ROOM = 4 * MOST_CHARACTERS


def rows(data: bytes, *, file: str) -> Iterator[RawRow]:
    """Yield the lines with their cells, blank lines left out; raise Invalid where it is no such table."""
    text = _decoded(data, file=file)
    csv.field_size_limit(max(ROOM, len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    del text  # the reader has its own copy, and a city's is large
    line = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, [Cell(cell) for cell in record]
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(_("%(file)s 第 %(line)s 行：引号不成对，读不下去。", file=file, line=line)) from None


def _decoded(data: bytes, *, file: str) -> str:
    if b"\0" in data and data[:2] not in UTF_16:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise Invalid(_("%(file)s 第 %(line)s 行有空字符，不是表格文件。", file=file, line=line))
    farthest = 0
    # Spreadsheet programs in China write GB 18030 unless told otherwise.
    for encoding in ("utf-16",) if data[:2] in UTF_16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            farthest = max(farthest, error.start)
    line = data.count(b"\n", 0, farthest) + 1
    raise Invalid(_("%(file)s 第 %(line)s 行：不是 UTF-8 或 GB 18030 编码的文字。", file=file, line=line))


def _separator(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=lambda sign: (head.count(sign), -SEPARATORS.index(sign)))
