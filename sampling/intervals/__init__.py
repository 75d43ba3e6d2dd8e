"""Confidence intervals of a share, from a count or with its standard error, and of two shares' difference."""

from __future__ import annotations

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
from sampling.intervals.limits import Interval, t_quantile, wilson

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
