"""Public events, and time that passes at once in programs started from here until they are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from huying.base import clock

FILE = "HUYING_TESTS_LATER"
"""Names a file with seconds; a program started by `tests.support.apart` adds them to its clock."""

JUMP = timedelta(minutes=12)
"""What passes until an event that was coming is over."""


def dice_at(at: datetime) -> str:
    """Name twenty ten-sided dice, thrown in that second."""
    return f"dice:{clock.stamp(at)},20d10"


def coming() -> str:
    """Name dice that are thrown in ten minutes: people at browsers need them."""
    return dice_at(clock.now() + timedelta(minutes=10))


def follow(file: Path) -> None:
    """Let the clock of this process be ahead by the seconds in `file`, read anew each time."""
    now = clock.now
    clock.now = lambda: now() + timedelta(seconds=float(file.read_text() or 0))
