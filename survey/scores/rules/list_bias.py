"""By how much a worker's list misleads: listed against unlisted, never with an interval of no width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.areas.direct import direct
from sampling.areas.grid_scores import band
from sampling.comparing.multiple import adjust
from sampling.intervals import miettinen_nurminen
from sampling.intervals.differences import score_test
from sampling.intervals.limits import z_quantile
from survey.scores.rules.columns import Bools, Floats
from survey.scores.rules.pipeline import ODDS

MARGIN = 0.05
"""An honest list may hold a few acquaintances: an excess up to this is no finding."""
LEVEL = 0.95
SURE = 0.10
"""The share of false findings that is put up with among the lists that are found misleading."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Answers of one side of a list: how many of `n` are satisfied, and the households it stands for.

    Weighted answers count as many as they are worth (Kish), so that neither number need be whole.
    """

    satisfied: float
    n: float
    households: int

    @property
    def share(self) -> float:
        """The share satisfied."""
        return self.satisfied / self.n

    @property
    def variance(self) -> float:
        """p̃(1 - p̃)/(n - 1)·(1 - n/N), p̃ = (k + ½)/(n + 1): never 0 while somebody wasn't asked."""
        drawn_to_half = (self.satisfied + 0.5) / (self.n + 1)
        left = max(0.0, 1 - self.n / max(self.n, self.households))
        return drawn_to_half * (1 - drawn_to_half) / max(1.0, self.n - 1) * left


def arm(weights: Floats, yes: Bools, *, households: int) -> Arm:
    """Return one side's answers (n,) by the weights that they have in the score beside it."""
    found = direct(yes.astype(np.float64), weights)
    worth = float(found.n_eff)
    return Arm(float(found.value) * worth, worth, households)


@dataclass(frozen=True, slots=True)
class ListArms:
    """A grid's listed and unlisted answers; both sides have one at least."""

    listed: Arm
    unlisted: Arm

    @property
    def households(self) -> int:
        """Households of the grid."""
        return self.listed.households + self.unlisted.households

    @property
    def unlisted_share(self) -> float:
        """The share of the grid's households that aren't on the list."""
        return self.unlisted.households / self.households

    @property
    def excess(self) -> float:
        """By how much the listed are more satisfied."""
        return self.listed.share - self.unlisted.share

    @property
    def everybody(self) -> float:
        """The share satisfied by lot: score and bias together are what the list alone would have said."""
        return self.listed.share - self.unlisted_share * self.excess

    def silence(self, response_rate: float) -> float:
        """By how much those who didn't answer may shift the bias: both sides may be off, in opposite ways."""
        both = band([self.listed.share, self.unlisted.share], response_rate, odds=ODDS)
        return self.unlisted_share * float(both.sum())


@dataclass(frozen=True, slots=True)
class Bias:
    """What the score would be wrong by, were only the listed asked; shares. `p_value` of one list alone.

    `low` and `high` allow for silence, `plain_low` and `plain_high` don't.
    """

    value: float
    low: float
    high: float
    plain_low: float
    plain_high: float
    p_value: float | None = None


def single(arms: ListArms, *, response_rate: float) -> Bias:
    """Return one list's bias, as `each` does."""
    return each([arms], response_rate=response_rate)[0]


def each(lists: Sequence[ListArms], *, response_rate: float) -> list[Bias]:
    """Return every list's bias (1 - c)·(p_L - p_U) with as many times Miettinen and Nurminen's limits.

    The limits are widened by both sides' bands. The test is of an excess of at most MARGIN. Formulas (27),
    (28) and (48) of docs/method.md.
    """
    sides = [(a.listed.satisfied, a.listed.n, a.unlisted.satisfied, a.unlisted.n) for a in lists]
    counts = np.array(sides).reshape(-1, 4).T
    limits, tested = miettinen_nurminen(*counts, level=LEVEL), score_test(*counts, margin=MARGIN)
    return [
        _bias(arms, float(low), float(high), float(p), wider=arms.silence(response_rate))
        for arms, low, high, p in zip(
            lists, np.asarray(limits.low), np.asarray(limits.high), np.asarray(tested.p_value), strict=True
        )
    ]


def _bias(arms: ListArms, low: float, high: float, p: float, *, wider: float) -> Bias:
    left = arms.unlisted_share
    return Bias(
        value=left * arms.excess,
        low=max(left * low - wider, -left),
        high=min(left * high + wider, left),
        plain_low=left * low,
        plain_high=left * high,
        p_value=p,
    )


def pooled(lists: Sequence[ListArms], *, response_rate: float) -> Bias:
    """Return the bias of all lists together: by households, with z, each arm's own variance and band."""
    size = np.array([one.households for one in lists], dtype=np.float64)
    left = np.array([one.unlisted_share for one in lists])
    variance = np.array([one.listed.variance + one.unlisted.variance for one in lists])
    value = float((size * left * np.array([one.excess for one in lists])).sum() / size.sum())
    half = z_quantile(LEVEL) * float(np.sqrt((size**2 * left**2 * variance).sum())) / float(size.sum())
    silence = np.array([one.silence(response_rate) for one in lists])
    wider = half + float((size * silence).sum() / size.sum())
    return Bias(value, value - wider, value + wider, value - half, value + half)


def q_values(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for the number of lists (Benjamini and Hochberg)."""
    found: list[float] = adjust(p_values).tolist() if p_values else []
    return found
