"""What was read: rows with the line that people see, and the faults found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from huying.base.errors import Invalid
from huying.base.i18n import _

SHOWN = 20
"""How many faults one sentence names."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its line in the file; `raw` is what stood there, in the file's own columns."""

    line: int
    cells: Mapping[str, str]
    raw: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        """Return a cell by its column's name, put in order; empty where the file lacks the column."""
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows. `headings` are the file's own; `ignored` those that nothing was made of."""

    file: str
    sheet: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


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
