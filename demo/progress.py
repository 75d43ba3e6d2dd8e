"""When the waves of the demo are, and how far its making is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.city import City

BETWEEN_WAVES = timedelta(weeks=4)
LAST_CALLED = timedelta(weeks=6)
NEXT_WAVE = timedelta(days=3)
WEEKS_BEFORE = 2
QUIET = 5.0
"""Seconds after which a long step says how far it is."""


Teller = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class DemoCalendar:
    """When the waves of a city are frozen; the last is called no more, it is ready to be."""

    now: datetime
    called: tuple[datetime, ...]
    ready: datetime

    @property
    def deposits(self) -> tuple[datetime, ...]:
        """Return when deposits are made: right before each wave."""
        return (*self.called, self.ready)

    @property
    def weeks(self) -> int:
        """Return for how many weeks cases come in before now."""
        return (self.now - self.called[0]).days // 7 + WEEKS_BEFORE

    def label(self, at: datetime) -> str:
        """Return the label of the wave that is frozen at `at`."""
        return f"demo-{self.deposits.index(at) + 1}"


def calendar(city: City, *, now: datetime) -> DemoCalendar:
    """Return the calendar of a city's waves."""
    last = now - LAST_CALLED
    called = tuple(last - BETWEEN_WAVES * back for back in reversed(range(len(city.size.waves))))
    return DemoCalendar(now, called, now - NEXT_WAVE)


class DemoWatch:
    """Tells what was done, after how many seconds, and how much of one side that is."""

    def __init__(self, tell: Teller) -> None:
        self.tell, self.begin, self.last = tell, time.monotonic(), 0.0

    def __call__(self, text: str, *, share: float) -> None:
        """Tell it."""
        self.last = time.monotonic() - self.begin
        self.tell(f"{self.last:5.0f} 秒 {100 * share:3.0f}%  {text}")

    def sometimes(self, text: str, *, share: float) -> None:
        """Tell it unless something was told a moment ago."""
        if time.monotonic() - self.begin - self.last > QUIET:
            self(text, share=share)
