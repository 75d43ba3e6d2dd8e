"""The four windows over which calls are spread, each in slots of local time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of local time that belongs to a window, `start` inclusive, `stop` not."""

    window: str
    weekday: bool
    start: time
    stop: time


SLOTS = (
    Slot("W1", weekday=True, start=time(9, 30), stop=time(12)),
    Slot("W2", weekday=True, start=time(14, 30), stop=time(18)),
    Slot("W3", weekday=True, start=time(18, 30), stop=time(20, 30)),
    Slot("W4", weekday=False, start=time(10), stop=time(12)),
    Slot("W4", weekday=False, start=time(15), stop=time(20)),
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, on which nobody is called, and the weekend days that are worked instead."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def is_weekday(self, day: date) -> bool:
        """Whether `day` counts as a weekday."""
        return day.weekday() < 5 or day in self.workdays


ORDINARY = Calendar()

WINDOWS = ("W1", "W2", "W3", "W4")
