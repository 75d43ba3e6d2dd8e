"""Time that passes at once, until a public event is over: here, or in programs started from here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from huying.base import clock

FILE = "HUYING_TESTS_LATER"
"""Names a file with seconds; a program started by `tests.support.apart` adds them to its clock."""

WAIT = timedelta(minutes=10)
"""From now to an event that is coming."""

JUMP = timedelta(minutes=12)
"""What passes until that event is over."""


def dice_at(at: datetime) -> str:
    """Name twenty ten-sided dice, thrown at that minute."""
    return f"dice:{clock.civil_minute(at)}+08:00,20d10"


def coming() -> str:
    """Name dice that are thrown in ten minutes."""
    return dice_at(clock.now() + WAIT)


def shifted(by: Callable[[], timedelta], now: Callable[[], datetime] = clock.now) -> Callable[[], datetime]:
    """Return a clock that is ahead of `now`."""
    return lambda: now() + by()


def follow(file: Path) -> None:
    """Let the clock of this process be ahead by the seconds in `file`, read anew each time."""
    clock.now = shifted(lambda: timedelta(seconds=float(file.read_text() or 0)))
