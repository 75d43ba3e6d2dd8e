"""Times in which nobody is on duty: what lies between the duty rows of one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback.duty.rules import DutyRow

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time [start, end) in which a grid has nobody."""

    start: datetime
    end: datetime

    @property
    def hours(self) -> float:
        """Its length in hours."""
        return (self.end - self.start) / HOUR


def gaps(rows: Sequence[DutyRow], *, start: datetime, end: datetime) -> list[Gap]:
    """Return what no live row of one grid covers of [start, end), the earliest first."""
    found: list[Gap] = []
    free_from = start
    live = (row for row in rows if row.retracted_at is None)
    for row in sorted(live, key=lambda each: each.valid_from):
        if row.valid_from >= end:
            break
        if row.valid_from > free_from:
            found.append(Gap(free_from, row.valid_from))
        free_from = max(free_from, row.valid_to or end)
    return [*found, Gap(free_from, end)] if free_from < end else found


def vacant_hours(rows: Sequence[DutyRow], *, start: datetime, end: datetime) -> float:
    """Return how many hours of [start, end) nobody was on duty in one grid."""
    return sum(gap.hours for gap in gaps(rows, start=start, end=end))
