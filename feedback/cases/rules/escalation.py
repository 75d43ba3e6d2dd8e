"""Which deadlines have passed, and whom that is told: each once, whatever a clock does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Level = Literal["head", "street", "district"]
ACCEPT, DUE, FURTHER = 0, 1, 2
"""Numbers of the deadlines: taking up, resolving, and from FURTHER on one for each further time allowed."""


@dataclass(frozen=True, slots=True)
class DeadlinePassed:
    """A deadline that has passed: its number, when it was, and up to whom it goes."""

    number: int
    at: datetime

    @property
    def level(self) -> Level:
        """The head first, then the street, and the district for all that follow."""
        return {ACCEPT: "head", DUE: "street"}.get(self.number, "district")  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """By when something has to be taken up and resolved; `every` is how often it is told after that."""

    accept_due: datetime
    due_at: datetime
    every: timedelta


def passed(
    deadlines: Deadlines, *, taken_up: bool, told: frozenset[int], now: datetime
) -> tuple[DeadlinePassed, ...]:
    """Return the deadlines that have passed at `now` and aren't among the numbers `told`.

    Of the further ones only the last: a clock that jumped ahead by a year isn't a year of reminders, and one
    that was put back reminds of nothing again.
    """
    found = []
    if not taken_up and deadlines.accept_due <= now:
        found.append(DeadlinePassed(ACCEPT, deadlines.accept_due))
    if deadlines.due_at <= now:
        found.append(DeadlinePassed(DUE, deadlines.due_at))
    further = (now - deadlines.due_at) // deadlines.every
    if further >= 1:
        found.append(DeadlinePassed(DUE + further, deadlines.due_at + further * deadlines.every))
    highest = max(told, default=-1)
    return tuple(each for each in found if each.number > highest or _missed(each, told))


def _missed(each: DeadlinePassed, told: frozenset[int]) -> bool:
    return each.number < FURTHER and each.number not in told
