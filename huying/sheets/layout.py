"""What a table should hold: its columns, what people call them, and what a cell of each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["text", "code", "phone", "date", "time", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` for programs, `heading` as we print it, `also` as others do."""

    name: str
    heading: str
    also: tuple[str, ...] = ()
    required: bool = True
    kind: ColumnKind = "text"
    example: str = ""
    longest: int = 200

    @property
    def called(self) -> tuple[str, ...]:
        """Everything that this column may be called."""
        return (self.heading, self.name, *self.also)


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of table: `title` for people, `name` for files."""

    title: str
    columns: tuple[Column, ...]
    name: str
