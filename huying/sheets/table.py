"""What was read: rows with the line that people see, and the faults found in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets.recognition import Recognition

SHOWN = 20
"""How many faults one sentence names."""


NOTHING_RECOGNISED = Recognition("")
LINES = 10_000_000
"""More than the lines of a sheet."""


class SheetLine(int):
    """A line of one of several sheets: they sort one after the other, and are told with the sheet's title."""

    title: str

    def __new__(cls, line: int, *, place: int, title: str) -> Self:
        """Return the line of the sheet that stands at `place` among those that were read."""
        made = super().__new__(cls, place * LINES + line)
        made.title = title
        return made

    def __str__(self) -> str:
        return f"{self.title}!{self % LINES}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its line in the file; `raw` is what stood there, in the file's own columns.

    `more` are the lines and texts of the rows that were folded into this one.
    """

    line: int
    cells: Mapping[str, str]
    raw: tuple[str, ...] = ()
    more: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def __getitem__(self, name: str) -> str:
        """Return a cell by its column's name, put in order; empty where the file lacks the column."""
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows. `headings` are the file's own; `recognition` says what was made of the file.

    `faults` are cells that couldn't be read, where they were asked for instead of a refusal.
    """

    file: str
    sheet: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    recognition: Recognition = NOTHING_RECOGNISED
    faults: tuple[Fault, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The headings that nothing was made of."""
        return self.recognition.ignored

    def without(self, lines: Collection[int]) -> Table:
        """Return the table without some of its rows."""
        rows = tuple(row for row in self.rows if row.line not in lines)
        return replace(self, rows=rows, faults=tuple(each for each in self.faults if each.line not in lines))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row can't be taken; `column` is its heading, empty where it is the whole row."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        if self.column:
            return _(
                "第 %(line)s 行，%(column)s：%(reason)s",
                line=self.line,
                column=self.column,
                reason=self.reason,
            )
        return _("第 %(line)s 行：%(reason)s", line=self.line, reason=self.reason)


@dataclass(slots=True)
class Faults:
    """The faults of one file, gathered so that its author can mend them all at once."""

    found: list[Fault] = field(default_factory=list)

    def add(self, line: int, reason: str, column: str = "") -> None:
        """Note a fault."""
        self.found.append(Fault(line, column, reason))

    def __bool__(self) -> bool:
        return bool(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.found)

    def check(self, file: str) -> None:
        """Raise Invalid with the first faults where there are any."""
        if not self.found:
            return
        told = [str(fault) for fault in sorted(self.found, key=lambda fault: fault.line)[:SHOWN]]
        if len(self.found) > SHOWN:
            told.append(_("另有 %(more)s 处未列出。", more=len(self.found) - SHOWN))
        head = _("%(file)s 有 %(n)s 处不对，没有导入任何内容。", file=file, n=len(self.found))
        raise Invalid("\n".join([head, *told]))
