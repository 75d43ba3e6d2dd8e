"""A sheet of a workbook as it stands in the file: rows, merged cells, what is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from huying.sheets.cells import Cell
from huying.sheets.comma import RawRow

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, rows from 1 and columns from 0."""


@dataclass(slots=True)
class WorkbookSheet:
    """A sheet; `padded` are the columns whose numbers a format gives zeros in front, or a word."""

    title: str
    rows: list[RawRow] = field(default_factory=list)
    merged: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    padded: frozenset[int] = frozenset()

    @property
    def wide(self) -> frozenset[int]:
        """The lines that begin with a cell merged over several columns."""
        return frozenset(top for top, left, _bottom, right in self.merged if right > left)

    def fill(self) -> frozenset[int]:
        """Write merged cells into the rows that they reach down to; return the columns that this filled."""
        tall = [each for each in self.merged if each[2] > each[0]]
        if not tall:
            return frozenset()
        by_line = {line: cells for line, cells in self.rows if any(cell.text.strip() for cell in cells)}
        filled = set()
        for top, left, bottom, _right in tall:
            given = _at(by_line.get(top, []), left)
            for line in range(top + 1, bottom + 1) if given.text.strip() else ():
                # A row that holds nothing else is part of a tall cell, no row of data.
                if line in by_line:
                    _put(by_line[line], left, given)
                    filled.add(left)
        return frozenset(filled)

    def lines(self) -> list[RawRow]:
        """Return the rows that aren't blank."""
        return [
            (line, cells)
            for line, cells in self.rows
            if any(cell.text.strip() or cell.made != "text" for cell in cells)
        ]


def _at(cells: list[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else Cell("")


def _put(cells: list[Cell], place: int, given: Cell) -> None:
    while len(cells) <= place:
        cells.append(Cell(""))
    cells[place] = given
