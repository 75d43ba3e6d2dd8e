"""Text tables: their separator, their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets import encoding
from huying.sheets.cells import Cell
from huying.workbooks.limits import MOST_CHARACTERS

RawRow = tuple[int, list[Cell]]
SEPARATORS = (",", "\t", ";", "，", "|", "；")
ROOM = 4 * MOST_CHARACTERS


@dataclass(slots=True)
class TextTable:
    """A text table opened: its text until it is read, the encoding it was in."""

    file: str
    text: str
    encoding: str

    def signs(self) -> tuple[str, ...]:
        """Return the separators that stand in it, those of the first line first."""
        top = self.text[:ROOM]
        head = next((line for line in top.splitlines() if line.strip()), "")
        there = [sign for sign in SEPARATORS if sign in top] or [","]
        return tuple(sorted(there, key=lambda sign: (-head.count(sign), SEPARATORS.index(sign))))

    def head(self, sign: str, *, most: int) -> list[RawRow]:
        """Return the first rows as this separator makes them, or none where its quotes don't match."""
        try:
            return list(islice(_rows(self.text, sign, file=self.file), most))
        except Invalid:
            return []

    def check(self, sign: str) -> None:
        """Raise Invalid where this separator's quotes don't match."""
        for _row in _rows(self.text, sign, file=self.file):
            pass

    def rows(self, sign: str) -> Iterator[RawRow]:
        """Yield the lines with their cells, blank lines left out; the text is given up for them."""
        text, self.text = self.text, ""
        return _rows(text, sign, file=self.file)


def opened(data: bytes, *, file: str) -> TextTable:
    """Return a text table; raise Invalid where it is no text."""
    text, name = encoding.decode(data, file=file)
    return TextTable(file, text, name)


def _rows(text: str, sign: str, *, file: str) -> Iterator[RawRow]:
    csv.field_size_limit(max(ROOM, len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    del text  # the reader has its own copy, and a city's is large
    line = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield line, [Cell(cell) for cell in record]
            line = reader.line_num + 1
    except csv.Error:
        raise Invalid(_("%(file)s 第 %(line)s 行：引号不成对，读不下去。", file=file, line=line)) from None
