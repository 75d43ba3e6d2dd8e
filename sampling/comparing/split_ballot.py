"""Two wordings or orders, each asked in a random half of the interviews: by how much they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import numbers, refuse
from sampling.designs.design import SurveyDesign
from sampling.errors import BadInput, TooFew
from sampling.estimates.estimate import Estimate
from sampling.estimates.estimators import mean
from sampling.intervals.limits import Interval

LEAST = 2
"""A half with fewer answers has no spread."""


@dataclass(frozen=True, slots=True, eq=False)
class SplitBallot:
    """The mean answer of each half, and the first less the second."""

    first: Estimate
    second: Estimate
    difference: Estimate

    def interval(self, level: float = 0.95) -> Interval:
        """Return the confidence interval of the difference: ± t·se."""
        return self.difference.interval(level, "t")


def effect(y: Any, first: Any, *, weights: Any, strata: Any) -> SplitBallot:
    """Return by how much the mean of `y` (n,) differs between the half `first` (n,) and the other.

    `weights` (n,) are those of the sample, `strata` labels (n,); rows whose `y` is NaN gave no answer and
    belong to neither half. The difference of two weighted means, its variance that of its scores within the
    strata without a correction for a finite population: even of somebody who is sampled for certain one of
    the two answers is never seen. Formula (74) of method.md; van den Brakel and Renssen (2005), Survey
    Methodology 31: 23-40. Raises TooFew where a half has fewer than two answers, BadInput for other shapes.

    >>> found = effect([1, 0, 1, 1, 0, 0], [1, 1, 1, 0, 0, 0], weights=[2] * 6, strata=["a"] * 6)
    >>> round(found.difference.value, 3)
    0.333
    """
    answers, half = numbers(y, name="y"), np.asarray(first)
    if answers.ndim != 1 or half.shape != answers.shape:
        raise BadInput(f"The 'first' parameter must have the shape of 'y' (n,). Got {half.shape}.")
    refuse(~np.isin(half, (0, 1)), name="first", must="be true or false")
    asked = half.astype(bool)
    held = [int(np.isfinite(answers[asked == side]).sum()) for side in (True, False)]
    if min(held) < LEAST:
        raise TooFew(f"effect refused: each half needs two answers or more. Got {held[0]} and {held[1]}.")
    design = SurveyDesign(weights, strata=strata, lonely="adjust")
    found = mean(design, answers, by=asked, missing="domain", vcov=True)
    return SplitBallot(found[True], found[False], found.contrast({True: 1.0, False: -1.0}))
