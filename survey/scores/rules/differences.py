"""How far two published shares lie apart, with an error of its own: never read from two intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sampling.areas.grid_scores import band
from survey.scores.rules.columns import Floats, Ints
from survey.scores.rules.grid_model import Limits
from survey.scores.rules.pipeline import ODDS


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Shares (m,) as they stand in a release, rounded, with limits that allow for silence.

    `response_rate` is RR1 of the release: by it the part of the limits that is for silence is known again.
    """

    value: Floats
    low: Floats
    high: Floats
    response_rate: float
    odds: float = ODDS

    @classmethod
    def of(cls, rows: Sequence[tuple[float, float, float]], *, response_rate: float) -> Published:
        """Return shares with limits given as rows (value, low, high)."""
        value, low, high = np.array(rows, dtype=np.float64).reshape(-1, 3).T
        return cls(value, low, high, response_rate)

    def at(self, places: Ints) -> Published:
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


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """First less second (m,): limits `plain`, and `banded` for silence, which may be opposed in the two."""

    value: Floats
    plain: Limits
    banded: Limits


def between(first: Published, second: Published) -> Differences:
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
