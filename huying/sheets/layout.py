"""What a table should hold: its columns, what people call them, and what a cell of each is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["text", "code", "phone", "date", "time", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` for programs, `heading` as we print it, `also` as others do, the best word first.

    `several`: any number of columns may hold it, such as 电话1 and 电话2; their cells are joined. `aside`:
    read where it is there, never asked for. `words`: telephone numbers in it mean exchanged headings.
    """

    name: str
    heading: str
    also: tuple[str, ...] = ()
    required: bool = True
    kind: ColumnKind = "text"
    example: str = ""
    longest: int = 200
    several: bool = False
    aside: bool = False
    words: bool = False

    @property
    def called(self) -> tuple[str, ...]:
        """Everything that this column may be called."""
        return (self.heading, self.name, *self.also)


@dataclass(frozen=True, slots=True)
class Fold:
    """How rows of one person each become one row: those of one `key`, their `number`s listed `into` a column.

    A table is one of persons where it has a column of `persons`; the person whose `relation` begins with a
    word of `heads` is the contact; who is younger than `adult` by the column `age` isn't listed.
    """

    key: str
    same: tuple[str, ...]
    number: str
    noted: tuple[str, ...]
    into: str
    persons: tuple[str, ...]
    relation: str
    heads: tuple[str, ...]
    age: str
    adult: int = 18


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of table: `title` for people, `name` for files.

    `needs`: of each group one column is enough. `grouped`: the column that a section row or a sheet's title
    may state for the rows below it.
    """

    title: str
    columns: tuple[Column, ...]
    name: str
    needs: tuple[tuple[str, ...], ...] = ()
    grouped: str = ""
    fold: Fold | None = None

    def column(self, name: str) -> Column | None:
        """Return a column by its name."""
        return next((column for column in self.columns if column.name == name), None)

    def named(self, word: str) -> Column | None:
        """Return the column that people call so."""
        return next((column for column in self.columns if word in column.called), None)

    @property
    def headings(self) -> dict[str, str]:
        """The headings of the columns, by their names."""
        return {column.name: column.heading for column in self.columns}

    @property
    def asked(self) -> tuple[Column, ...]:
        """The columns that a file should have."""
        return tuple(column for column in self.columns if not column.aside)

    def lacking(self, there: set[str]) -> Iterator[tuple[Column, ...]]:
        """Yield what is needed and not there: one column, or a group of which one would do."""
        groups = [tuple(filter(None, map(self.column, names))) for names in self.needs]
        for group in (*((column,) for column in self.columns if column.required), *groups):
            if there.isdisjoint(column.name for column in group):
                yield group


@dataclass(frozen=True, slots=True)
class Foreign:
    """A table that others take: one word of each group stands in it; `where` says who takes it.

    `always`: no table of ours has these words. Else it must know more of a table's headings than ours.
    """

    title: str
    known_by: tuple[tuple[str, ...], ...]
    where: str
    always: bool = False

    @classmethod
    def of(cls, layout: Layout, *, where: str) -> Foreign:
        """Return a layout as one that others take."""
        needed = tuple(column.called for column in layout.columns if column.required)
        return cls(layout.title, needed, where)
