"""What the order of questions does: the overall item is asked first in a random half of the interviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.comparing import split_ballot

OVERALL = ("G1", "G1C")
"""Asked before the particulars in one half, after them in the other."""
SATISFIED, RATED = frozenset({4, 5}), frozenset({1, 2, 3, 4, 5})
LEAST = 10
"""No share is shown of fewer answers."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderEffect:
    """Shares of the satisfied (4, 5) where an item was asked first and where last, and their difference.

    `early` and `late` count answers. Shares and limits are fractions; `low` to `high` holds the difference,
    early less late, with 95 %.
    """

    item: str
    early: int
    late: int
    share_early: float
    share_late: float
    difference: float
    low: float
    high: float

    @property
    def is_told_apart(self) -> bool:
        """Whether the order moved the answers by more than chance does."""
        return self.low > 0 or self.high < 0


def effects(interviews: Sequence[Row]) -> tuple[OrderEffect, ...]:
    """Return the effect of the order on each overall item, of the completes by their weights.

    An item isn't there where either half holds fewer than ten answers to it.
    """
    completes = [row for row in interviews if row["weight"] is not None]
    return tuple(_effects(completes))


def _effects(completes: Sequence[Row]) -> Iterator[OrderEffect]:
    first = np.array([row["order_overall"] for row in completes], dtype=bool)
    for item in OVERALL:
        said = [_said(row.get(item)) for row in completes]
        answered = np.isfinite(np.array(said, dtype=np.float64))
        early, late = int((answered & first).sum()), int((answered & ~first).sum())
        if min(early, late) < LEAST:
            continue
        found = split_ballot.effect(
            said,
            first,
            weights=[row["weight"] for row in completes],
            strata=[row["stratum"] for row in completes],
        )
        shares = (float(found.first.value), float(found.second.value), float(found.difference.value))
        limits = found.interval()
        yield OrderEffect(item, early, late, *shares, float(limits.low), float(limits.high))


def _said(value: int | None) -> float:
    return float(value in SATISFIED) if value in RATED else float("nan")
