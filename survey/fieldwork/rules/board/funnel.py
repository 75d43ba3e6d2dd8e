"""Shares of the seats beside limits that chance alone seldom passes: no order, no league.

Limits on the angular scale (Anscombe 1948) about the common share, spread by how much more seats differ
than chance would let them (Spiegelhalter 2005, Statistics in Medicine 24).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, pi, sin, sqrt
from statistics import fmean

LIMIT = 3.09
"""Of a thousand seats that do as all the others two lie outside."""
LEAST = 10
"""A seat with fewer is too short to be judged, and a funnel with fewer in all has no middle."""
OUTERMOST = 0.1
"""The share of seats at either end that doesn't say how much seats differ: whom we look for lies there."""


@dataclass(frozen=True, slots=True)
class SeatShare:
    """Of `of` calls of a seat (an account) `hits` ended so; its limits, and on which side of them it lies.

    `side` is -1 below, 1 above, 0 within; limits are None where there were too few.
    """

    seat: int
    hits: int
    of: int
    low: float | None
    high: float | None
    side: int

    @property
    def share(self) -> float | None:
        """The share; None of nothing."""
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The shares of all seats, in the order in which they were given, about the common one."""

    middle: float | None
    spread: float
    seats: Sequence[SeatShare]

    @property
    def outside(self) -> list[SeatShare]:
        """The seats beyond their limits."""
        return [seat for seat in self.seats if seat.side]

    def limits(self, of: int) -> tuple[float, float]:
        """Return the limits of a seat with so many calls; where nothing is known, everything is within."""
        if self.middle is None:
            return 0.0, 1.0
        return _limits(self.middle, of, reach=LIMIT * self.spread)


def funnel(counts: Mapping[int, tuple[int, int]]) -> Funnel:
    """Return the funnel of what seats (by account) counted: how often it ended so, of how many."""
    known = {seat: pair for seat, pair in counts.items() if pair[1] >= LEAST}
    of = sum(pair[1] for pair in known.values())
    if not of:
        return Funnel(None, 1.0, [SeatShare(seat, *pair, None, None, 0) for seat, pair in counts.items()])
    middle = sum(pair[0] for pair in known.values()) / of
    spread = _spread([_distance(*pair, middle=middle) for pair in known.values()])
    return Funnel(
        middle,
        spread,
        [_seat(seat, pair, middle=middle, reach=LIMIT * spread) for seat, pair in counts.items()],
    )


def _seat(seat: int, pair: tuple[int, int], *, middle: float, reach: float) -> SeatShare:
    hits, of = pair
    if of < LEAST:
        return SeatShare(seat, hits, of, None, None, 0)
    low, high = _limits(middle, of, reach=reach)
    distance = _distance(hits, of, middle=middle)
    side = (distance > reach) - (distance < -reach)
    return SeatShare(seat, hits, of, low, high, side)


def _angle(hits: float, of: float) -> float:
    return asin(sqrt((hits + 3 / 8) / (of + 3 / 4)))


def _distance(hits: int, of: int, *, middle: float) -> float:
    """How far a share lies from the middle, in standard deviations of chance."""
    return 2 * sqrt(of) * (_angle(hits, of) - _angle(middle * of, of))


def _limits(middle: float, of: int, *, reach: float) -> tuple[float, float]:
    centre = _angle(middle * of, of)
    ends = (centre - reach / (2 * sqrt(of)), centre + reach / (2 * sqrt(of)))
    low, high = (sin(min(max(end, 0.0), pi / 2)) ** 2 * (of + 3 / 4) - 3 / 8 for end in ends)
    return max(0.0, low / of), min(1.0, high / of)


def _spread(distances: Sequence[float]) -> float:
    """How much wider than chance the seats spread, at least 1; the outermost are drawn in first."""
    ordered = sorted(distances)
    cut = int(len(ordered) * OUTERMOST)
    low, high = ordered[cut], ordered[-cut - 1]
    return max(1.0, sqrt(fmean(min(max(each, low), high) ** 2 for each in ordered)))
