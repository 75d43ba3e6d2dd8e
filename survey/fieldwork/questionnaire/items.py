"""What an item is, when it is asked, and which values it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

DONT_KNOW = 98
REFUSED = 99
ItemKind = Literal["single", "multi", "number", "text"]
Value = int | str | tuple[int, ...]
Answers = Mapping[str, Value]


class Ending(StrEnum):
    """Why nothing more is to be asked."""

    APPOINTMENT = "appointment"
    REFUSED = "refused"
    NUMBER_WRONG = "number_wrong"
    NOT_ELIGIBLE = "not_eligible"
    NOT_IN = "not_in"
    NO_SUCH_PERSON = "no_such_person"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Is:
    """Holds where the item was answered with one of the values."""

    code: str
    values: tuple[int, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether the answers fulfil the condition."""
        return answers.get(self.code) in self.values

    def __str__(self) -> str:
        return f"{self.code}={','.join(map(str, self.values))}"


@dataclass(frozen=True, slots=True)
class Every:
    """Holds where every part holds; without parts, always."""

    parts: tuple[Condition, ...] = ()

    def holds(self, answers: Answers) -> bool:
        """Whether the answers fulfil the condition."""
        return all(part.holds(answers) for part in self.parts)

    def __str__(self) -> str:
        return f"({' & '.join(map(str, self.parts))})"


@dataclass(frozen=True, slots=True)
class Some:
    """Holds where at least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether the answers fulfil the condition."""
        return any(part.holds(answers) for part in self.parts)

    def __str__(self) -> str:
        return f"({' | '.join(map(str, self.parts))})"


Condition = Is | Every | Some
ALWAYS = Every()


@dataclass(frozen=True, slots=True)
class Option:
    """A stored value, the words for it, and what it ends the call with, if it does."""

    value: int
    label: str
    ends: Ending | None = None


def options(*labels: str, start: int = 1) -> tuple[Option, ...]:
    """Return options with values that count from `start`."""
    return tuple(Option(value, label) for value, label in enumerate(labels, start=start))


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    `own_dont_know` is the option that takes the place of 98; `escapes` says whether 98 and 99 exist at all
    (they do on closed items, but not on those that only steer the call); `read` whether the options are read
    out, `unread` are further ones that never are; `extra` whether the item is asked only in waves that name
    it; `least`, `most` bound a number.
    """

    code: str
    text: str
    kind: ItemKind
    options: tuple[Option, ...] = ()
    condition: Condition = field(default=ALWAYS)
    own_dont_know: int | None = None
    escapes: bool = True
    read: bool = True
    extra: bool = False
    least: int = 0
    most: int = 0
    unread: tuple[Option, ...] = ()

    @property
    def dont_know(self) -> int | None:
        """The value that the don't-know key enters; None where there is none."""
        if self.kind == "text" or not self.escapes:
            return None
        return DONT_KNOW if self.own_dont_know is None else self.own_dont_know

    @property
    def refused(self) -> int | None:
        """The value that the refusal key enters; None where there is none."""
        return None if self.kind == "text" or not self.escapes else REFUSED

    @property
    def values(self) -> frozenset[int]:
        """Every value that the item may hold (each of a `multi` item's)."""
        listed = [option.value for option in (*self.options, *self.unread)]
        numbers = range(self.least, self.most + 1) if self.kind == "number" else ()
        escapes = [value for value in (self.dont_know, self.refused) if value is not None]
        return frozenset([*listed, *numbers, *escapes])

    @property
    def words(self) -> tuple[str, ...]:
        """What is read or shown of it."""
        return (self.text, *(option.label for option in (*self.options, *self.unread)))

    def end(self, value: Value) -> Ending | None:
        """Return what this answer ends the call with; None where the call goes on."""
        return next((option.ends for option in self.options if option.value == value), None)
