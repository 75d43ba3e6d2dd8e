"""Rows of data put together: each cell in its column, blank cells filled as a person chose, faults noted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets.cells import Cell, fault, ordered
from huying.sheets.choice import Choice
from huying.sheets.folding import joined
from huying.sheets.headings import Headings
from huying.sheets.layout import Layout
from huying.sheets.sorting import Sorted
from huying.sheets.table import Faults, Row
from huying.workbooks.limits import MOST_ROWS


class Assembly:
    """Makes rows of one sheet's data; `exact` where separators say how many cells a row has."""

    def __init__(
        self,
        found: Headings,
        layout: Layout,
        choice: Choice,
        *,
        faults: Faults,
        exact: bool,
        line: Callable[[int], int] = int,
        stated: str = "",
        hidden: Collection[int] = (),
        file: str = "",
    ) -> None:
        self.found, self.layout, self.faults, self.exact, self.line = found, layout, faults, exact, line
        self.stated, self.hidden, self.file = stated, hidden, file
        self.width = len(found.texts)
        self.least = max(
            (at + 1 for at, each in enumerate(found.columns) if each and each.required), default=0
        )
        self.fill = [name for name in choice.fill if name in found.there]
        self.above: dict[str, str] = {}
        self.blank: dict[str, int] = dict.fromkeys(_fillable(layout) & found.there, 0)
        self.begun: set[str] = set()
        self.count = self.hidden_count = 0
        self.grouped = False

    def rows(self, given: Iterable[Sorted]) -> Iterator[Row]:
        """Yield the rows, each with the group that is stated for it, by a section row or by the sheet."""
        grouped, stated, width = self.layout.grouped, self.stated, self.width
        for line, raw, group in given:
            at = self.line(line)
            cells = self._cells(at, raw)
            if (group or stated) and not cells.get(grouped):
                cells[grouped] = group or stated
                self.grouped = True
            self._look_up(cells)
            self.count += 1
            self.hidden_count += line in self.hidden
            if self.count > MOST_ROWS:
                raise Invalid(_("%(file)s 超过 %(most)d 行：请分成几份。", file=self.file, most=MOST_ROWS))
            yield Row(at, cells, tuple(cell.text for cell in raw[:width]))

    @property
    def offered(self) -> list[str]:
        """The columns that begin with a cell and have blank ones below, like merged cells taken apart."""
        return [name for name, blank in self.blank.items() if blank and name in self.begun]

    def _look_up(self, cells: dict[str, str]) -> None:
        """Fill blank cells from the row above where a person chose so, and count the other blanks."""
        for name in self.blank:
            text = cells.get(name)
            if text:
                self.above[name] = text
                if self.count == 0:
                    self.begun.add(name)
            elif name in self.fill and name in self.above:
                cells[name] = self.above[name]
            else:
                self.blank[name] += 1

    def _cells(self, line: int, cells: list[Cell]) -> dict[str, str]:
        width = self.width
        if len(cells) > width and any(cell.text.strip() for cell in cells[width:]):
            self.faults.add(line, _("有 %(n)d 栏，表头只有 %(width)d 栏", n=len(cells), width=width))
        elif self.exact and len(cells) < self.least:
            self.faults.add(line, _("只有 %(n)d 栏，表头有 %(width)d 栏", n=len(cells), width=width))
        taken: dict[str, str] = {}
        for cell, column, heading in zip(cells, self.found.columns, self.found.texts, strict=False):
            if column is None:
                continue
            if reason := fault(cell, kind=column.kind):
                self.faults.add(line, reason, heading)
                continue
            text = ordered(cell, kind=column.kind)
            before = taken.get(column.name)
            taken[column.name] = joined((before, text)) if before else text
        return taken


def _fillable(layout: Layout) -> set[str]:
    """Return the columns that offices merge downwards: what says which household and where."""
    named = {name for names in layout.needs for name in names}
    return named | {layout.grouped} - {""}
