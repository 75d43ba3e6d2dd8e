"""A data file as one value: its variables with labels, and its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from huying.base.clock import local

Kind = Literal["code", "count", "decimal", "text", "moment"]
Cell = int | float | str | datetime | None
"""None is missing by design: what wasn't asked, or isn't so. Moments are those of the place's own clock."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A column: a name that every program takes, what it holds in words, and what its values mean.

    A `code` is an integer or a word of which `values` says the meaning. `missing` are values that say why
    there is no answer.
    """

    name: str
    label: str
    kind: Kind
    values: Mapping[int, str] | Mapping[str, str] = field(default_factory=dict)
    missing: tuple[int, ...] = ()

    @property
    def is_word(self) -> bool:
        """Whether its cells are text, even where they are codes."""
        return self.kind == "text" or any(isinstance(value, str) for value in self.values)


@dataclass(frozen=True, slots=True)
class DataFile:
    """A table with a name, a title, and a sentence that says what one row is."""

    name: str
    title: str
    about: str
    variables: Sequence[Variable]
    rows: Sequence[Sequence[Cell]]


def moment(at: datetime | None) -> datetime | None:
    """Return a moment as data files hold it: the place's own clock, to the second."""
    return None if at is None else local(at).replace(tzinfo=None, microsecond=0)
