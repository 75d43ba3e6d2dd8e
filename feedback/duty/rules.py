"""Duty rows: which of them holds an instant, and which was told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

HOLDER, PLANNED_COVER, SWAP, EMERGENCY = 0, 1, 2, 3
"""Layers of duty: the highest that holds an instant answers for it."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who is to be on duty in a grid, on which layer, over [valid_from, valid_to); None is an open end."""

    grid_code: str
    worker_code: str
    layer: int
    valid_from: datetime
    valid_to: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One worker's duty in one grid over [valid_from, valid_to), open-ended where valid_to is None.

    A row that ends early is closed by valid_to; a retracted one never held. What was told of an instant is
    another matter: a row recorded later wasn't known then, and one retracted later was still believed.
    """

    grid: str
    worker: str
    layer: int
    valid_from: datetime
    valid_to: datetime | None = None
    retracted_at: datetime | None = None
    recorded_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether the row is live and contains `at`."""
        return self.retracted_at is None and self._spans(at)

    def was_told(self, at: datetime) -> bool:
        """Tell whether at `at` this row was known and believed, and contained `at`."""
        known = self.recorded_at is None or self.recorded_at <= at
        believed = self.retracted_at is None or at < self.retracted_at
        return known and believed and self._spans(at)

    def _spans(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def live_duty(rows: Sequence[DutyRow], *, at: datetime) -> DutyRow | None:
    """Return the row of the highest layer that holds at `at` among one grid's `rows`, or None."""
    return _highest([row for row in rows if row.holds(at)])


def told_duty(rows: Sequence[DutyRow], *, at: datetime) -> DutyRow | None:
    """Return the row that answered at `at` by what was known then; whatever is entered later, it stays."""
    return _highest([row for row in rows if row.was_told(at)])


def _highest(rows: Sequence[DutyRow]) -> DutyRow | None:
    return max(rows, key=lambda row: (row.layer, row.valid_from, row.worker), default=None)
