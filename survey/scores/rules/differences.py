"""How far two published shares lie apart, with an error of its own: never read from two intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR

import numpy as np

from sampling.areas.grid_scores import band
from survey.scores.rules.columns import Floats, Ints
from survey.scores.rules.grid_model import Limits
from survey.scores.rules.pipeline import GRID, ODDS
from survey.scores.rules.release import ScoreRow, rounded
from survey.scores.rules.waves_pooled import wave_of


@dataclass(frozen=True, slots=True, eq=False)
class ShownShares:
    """Shares (m,) as they stand in a release, rounded, with limits that allow for silence.

    `response_rate` is RR1 of the release: by it the part of the limits that is for silence is known again.
    """

    value: Floats
    low: Floats
    high: Floats
    response_rate: float
    odds: float = ODDS

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float, float]], *, response_rate: float) -> ShownShares:
        """Return shares with limits given as rows (value, low, high)."""
        value, low, high = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        return cls(value, low, high, response_rate)

    def at(self, places: Ints) -> ShownShares:
        """Return some of them."""
        return replace(self, value=self.value[places], low=self.low[places], high=self.high[places])

    @property
    def silence(self) -> Floats:
        """By how much a limit was widened for those who didn't answer."""
        return band(self.value, self.response_rate, odds=self.odds)

    @property
    def plain(self) -> Limits:
        """The limits without that part; one that was cut at 0 or 1 stays there, on the cautious side."""
        low = np.where(self.low > 0, np.minimum(self.low + self.silence, self.value), 0.0)
        high = np.where(self.high < 1, np.maximum(self.high - self.silence, self.value), 1.0)
        return Limits(low, high)


@dataclass(frozen=True, slots=True)
class ReportedDifference:
    """By how much the first row's estimate lies above the second's, rounded as finely as they are."""

    one: ScoreRow
    other: ScoreRow
    value: float
    low: float
    high: float

    @property
    def told_apart(self) -> bool:
        """Whether the difference is larger than its error."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """First less second (m,): limits `plain`, and `banded` for silence, which may be opposed in the two."""

    value: Floats
    plain: Limits
    banded: Limits


def between(first: ShownShares, second: ShownShares) -> Differences:
    """Return how far each first share lies above its second, both of different households or waves.

    d - √((p₁ - l₁)² + (u₂ - p₂)²) and d + √((u₁ - p₁)² + (p₂ - l₂)²): formula (25) of docs/method.md with the
    limits of each share; then both bands on both sides. What a release doesn't tell, these don't either:
    they are computed from its rounded rows alone.
    """
    one, other = first.plain, second.plain
    apart = first.value - second.value
    below = np.hypot(first.value - one.low, other.high - second.value)
    above = np.hypot(one.high - first.value, second.value - other.low)
    wider = first.silence + second.silence
    return Differences(
        value=apart,
        plain=Limits(np.maximum(apart - below, -1.0), np.minimum(apart + above, 1.0)),
        banded=Limits(np.maximum(apart - below - wider, -1.0), np.minimum(apart + above + wider, 1.0)),
    )


def comparable(one: ScoreRow, other: ScoreRow) -> bool:
    """Whether two shown figures may be held against each other: alike in all, but place or wave.

    Grids are compared within their type, and not with figures that hold the same answers.
    """
    alike = (one.level, one.type, one.item, one.den) == (other.level, other.type, other.item, other.den)
    apart = one.unit != other.unit or not set(waves_of(one)) & set(waves_of(other))
    return alike and apart and one.estimate is not None and other.estimate is not None


def waves_of(row: ScoreRow) -> tuple[str, ...]:
    """Return the waves whose answers a row holds, whichever release of them it read."""
    return tuple(wave_of(each) for each in row.wave.split("+"))


def of_rows(one: ScoreRow, other: ScoreRow, *, rates: Mapping[str, float]) -> ReportedDifference | None:
    """Return the difference of two published rows; None where they can't be compared.

    `rates` are RR1 by wave; the lowest of those that a row holds says how many were silent at most.
    """
    if not comparable(one, other) or not {*waves_of(one), *waves_of(other)} <= rates.keys():
        return None
    found = between(_published(one, rates), _published(other, rates))
    digits = 2 if one.level == GRID else 3
    return ReportedDifference(
        one,
        other,
        value=rounded(float(found.value[0]), digits=digits),
        low=rounded(float(found.banded.low[0]), digits=digits, to=ROUND_FLOOR),
        high=rounded(float(found.banded.high[0]), digits=digits, to=ROUND_CEILING),
    )


def _published(row: ScoreRow, rates: Mapping[str, float]) -> ShownShares:
    limits = (row.estimate or 0.0, row.low or 0.0, 1.0 if row.high is None else row.high)
    return ShownShares.of([limits], response_rate=min(rates[wave] for wave in waves_of(row)))
