"""Confidence intervals of a share, from a count or with its standard error, and of two shares' difference."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.intervals.differences import (
    ScoreTest,
    midp_fisher,
    miettinen_nurminen,
    newcombe,
    newcombe_paired,
    score_test,
)
from sampling.intervals.effective import around, korn_graubard
from sampling.intervals.exact import clopper_pearson, hypergeometric
from sampling.intervals.limits import Interval, interval, shares, t_quantile, wilson_limits, z_quantile

__all__ = [
    "Interval",
    "ScoreTest",
    "around",
    "clopper_pearson",
    "hypergeometric",
    "korn_graubard",
    "midp_fisher",
    "miettinen_nurminen",
    "newcombe",
    "newcombe_paired",
    "score_test",
    "t_quantile",
    "wilson",
]


def wilson(k: Any, n: Any, *, level: float = 0.95) -> Interval:
    """Return Wilson's score interval for `k` of `n` (broadcast), both as counted in a simple random sample.

    (p + z²/2n ± z/(2n)·√(4np(1 - p) + z²))/(1 + z²/n): Wilson (1927), Journal of the American Statistical
    Association 22: 209-212. Counts need not be whole. The form with an effective size for n and t for z is
    `Estimate.interval(method="wilson")`. Raises BadInput unless 0 ≤ k ≤ n and n > 0.
    Formula (22) of method.md.

    >>> round(wilson(8, 10).low, 6)
    0.490162
    """
    counts, trials = shares(k, n)
    z = np.full(trials.shape, z_quantile(level))
    return interval(*wilson_limits(counts / trials, size=trials, z=z))
