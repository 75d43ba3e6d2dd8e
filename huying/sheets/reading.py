"""Reading a table of any make into rows by their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets import child, comma, container, headings
from huying.sheets.cells import Cell, fault, ordered
from huying.sheets.comma import RawRow
from huying.sheets.headings import Headings
from huying.sheets.layout import Layout
from huying.sheets.limits import MOST_ROWS, SEARCHED
from huying.sheets.table import Faults, Row, Table


def read(data: bytes, *, file: str, layout: Layout) -> Table:
    """Return the rows of a file by the layout's columns, cells put in order.

    Raises Invalid with a sentence that names the file, and the row and column where it can.
    """
    if container.is_workbook(data, file=file):
        sheet, listed, found = _sheet(child.sheets(data, file=file), layout, file=file)
        rows, exact = iter(listed[found.after :]), False
    else:
        # A city's rows are made one by one: held as cells and as rows, they would take twice the memory.
        lines = comma.rows(data, file=file)
        head = list(islice(lines, SEARCHED + 2))
        if not head:
            raise Invalid(_("%(file)s 是空的。", file=file))
        sheet, found = "", headings.find(head, layout)
        rows, exact = chain(head[found.after :], lines), True
    headings.check(found, layout, file=file, sheet=sheet)
    return Table(file, sheet, found.texts, _rows(rows, found, file=file, exact=exact), found.ignored)


def _sheet(
    sheets: Sequence[tuple[str, list[RawRow]]], layout: Layout, *, file: str
) -> tuple[str, list[RawRow], Headings]:
    """Return the sheet that has the layout's columns, wherever it stands; the nearest where none has."""
    tried = []
    for title, found in sheets:
        if rows := list(child.lines(found)):
            tried.append((title, rows, headings.find(rows, layout)))
    if not tried:
        raise Invalid(_("%(file)s 是空的。", file=file))
    fitting = [each for each in tried if not each[2].missing(layout) and len(each[1]) > each[2].after]
    if len(fitting) > 1:
        names = "、".join(title for title, _rows, _found in fitting)
        raise Invalid(_("%(file)s 里有几张表都像：%(names)s。请只留一张。", file=file, names=names))
    return fitting[0] if fitting else max(tried, key=lambda each: each[2].known)


def _rows(rows: Iterator[RawRow], found: Headings, *, file: str, exact: bool) -> tuple[Row, ...]:
    faults = Faults()
    taken = islice(rows, MOST_ROWS)
    made = tuple(_row(line, cells, found, faults=faults, exact=exact) for line, cells in taken)
    if next(rows, None) is not None:
        raise Invalid(_("%(file)s 超过 %(most)d 行：请分成几份。", file=file, most=MOST_ROWS))
    faults.check(file)
    return made


def _row(line: int, cells: list[Cell], found: Headings, *, faults: Faults, exact: bool) -> Row:
    width = len(found.texts)
    if any(cell.text.strip() for cell in cells[width:]):
        faults.add(line, _("有 %(n)d 栏，表头只有 %(width)d 栏", n=len(cells), width=width))
    elif exact and len(cells) < width:
        faults.add(line, _("只有 %(n)d 栏，表头有 %(width)d 栏", n=len(cells), width=width))
    taken: dict[str, str] = {}
    for cell, column, heading in zip(cells, found.columns, found.texts, strict=False):
        if column is None:
            continue
        if reason := fault(cell, kind=column.kind):
            faults.add(line, reason, heading)
        else:
            taken[column.name] = ordered(cell, kind=column.kind)
    return Row(line, taken, tuple(cell.text for cell in cells[:width]))
