"""A sheet with its headings found, before its rows are read; what its title states for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from huying.sheets.choice import Choice
from huying.sheets.comma import RawRow
from huying.sheets.headings import Headings
from huying.sheets.layout import Column, Layout
from huying.sheets.sheet import WorkbookSheet
from huying.sheets.sorting import Sorting, group

UNNAMED = re.compile(r"(sheet|工作表|表|table)\s*[0-9一二三四五六七八九十]*", re.IGNORECASE)
NAMES_GROUP = re.compile(r"[0-9A-Za-z]+[-_.][0-9A-Za-z._-]*[0-9]|.*(网格|網格).*", re.DOTALL)
"""Titles of a single sheet that state a group; of several sheets, any but those that programs give."""


@dataclass(slots=True)
class SheetReading:
    """A sheet with its headings found: `head` are its first rows, `rest` those below, made as read."""

    sheet: WorkbookSheet
    found: Headings
    choice: Choice
    head: list[RawRow]
    rest: Iterator[RawRow] = field(default_factory=lambda: iter(()))
    filled: frozenset[int] = frozenset()
    exact: bool = False
    grouped: str = ""
    """What the sheet's title states for its rows, where nothing else does."""

    def state_group(self, layout: Layout, *, several: bool) -> None:
        """Take the group from the sheet's title, where no column has it and no section row states it."""
        title = self.sheet.title.strip()
        if not layout.grouped or layout.grouped in self.found.there or self.begins_with_section(layout):
            return
        if title and not UNNAMED.fullmatch(title) and (several or NAMES_GROUP.fullmatch(title)):
            self.grouped = group(title)

    def begins_with_section(self, layout: Layout) -> bool:
        """Tell whether a section row stands above the first row of data, and states its group."""
        sorting = self.sorting(layout)
        reasons = (sorting.reason(line, cells) for line, cells in self.head[self.found.after :])
        return (
            sorting.fills and next((each for each in reasons if each in {None, "section"}), None) == "section"
        )

    def lacking(self, layout: Layout) -> list[tuple[Column, ...]]:
        """Return what the layout needs and nothing in the sheet states."""
        stated = self.grouped or self.begins_with_section(layout)
        return list(layout.lacking(self.found.there | ({layout.grouped} if stated else set())))

    @property
    def has_rows(self) -> bool:
        """Whether anything stands below the headings."""
        return self.found.after < len(self.head)

    def rows(self) -> Iterable[RawRow]:
        """Return the rows below the headings."""
        return chain(self.head[self.found.after :], self.rest)

    def sorting(self, layout: Layout) -> Sorting:
        """Return what tells data from other rows."""
        place = next((at for at, row in enumerate(self.head) if row[0] in self.found.lines), 0)
        return Sorting(
            self.found,
            layout,
            self.choice,
            wide=self.sheet.wide,
            hidden=self.sheet.hidden_rows,
            titles=self.head[:place],
        )
