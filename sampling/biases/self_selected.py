"""People who chose to answer: the gap to a random sample, and what their answers may predict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import column, numbers, refuse
from sampling.designs.design import SurveyDesign
from sampling.errors import BadInput, TooFew
from sampling.estimates.estimate import Estimate
from sampling.estimates.estimators import mean

LATER = ("integration", "doubly_robust", "composite")
"""Ways to combine that wait for the second tier."""


@dataclass(frozen=True, slots=True)
class Combined:
    """A mean that a prediction has sharpened; `gain` is the share of the variance that it took away.

    `cap` is how many interviews the best use of the other source can be worth; None where it has none.
    """

    value: float
    se: float
    df: int
    gain: float
    method: str
    cap: float | None = None


def self_selection(y_self: Any, random: Estimate) -> Estimate:
    """Return the gap of the mean of answers that people chose to give, `y_self` (n,), to a random sample's.

    Who chose to answer was counted, not sampled: the gap has the error and degrees of freedom of `random`.
    Formula (53) of method.md. Raises TooFew without answers, BadInput for values that aren't finite and for a
    random figure of several columns.

    >>> random = Estimate(value=0.6, se=0.02, df=99, deff=1.0, n=100, kind="proportion")
    >>> round(self_selection([1, 1, 1, 0], random).value, 2)
    0.15
    """
    answers = numbers(y_self, name="y_self").ravel()
    if answers.size == 0:
        raise TooFew("self_selection refused: nobody chose to answer.")
    refuse(~np.isfinite(answers), name="y_self", must="be finite")
    if np.ndim(random.value):
        raise BadInput("The 'random' parameter must be one figure. Got several columns.")
    gap = float(answers.mean()) - float(random.value)
    return Estimate(gap, random.se, random.df, math.nan, random.n, kind="gap", method=random.method)


def combine(
    design: SurveyDesign, y: Any, *, method: str = "difference", prediction: Any, frame_mean: float
) -> Combined:
    """Return the mean of `y` (n,) of a random sample, sharpened by a prediction known for the whole frame.

    "difference": M̄ + mean(y - m), m the `prediction` (n,) of each sampled unit and M̄ its mean over the frame,
    `frame_mean`: unbiased whatever m is, as long as it wasn't fitted on these answers. Where it takes nothing
    off the variance, it isn't used. Formula (54) of method.md. Cassel, Särndal and Wretman (1976), Biometrika
    63: 615-620. Raises BadInput for other methods, and as `mean` does.

    >>> design = SurveyDesign([10, 10, 10, 10])
    >>> found = combine(design, [0, 1, 1, 0], prediction=[0.2, 0.7, 0.8, 0.1], frame_mean=0.4)
    >>> round(found.value, 2), found.gain > 0.5
    (0.45, True)
    """
    if method in LATER:
        raise BadInput(f"The 'method' parameter {method!r} isn't there yet: use 'difference'.")
    if method != "difference":
        raise BadInput(f"The 'method' parameter must be 'difference'. Got {method!r}.")
    if not math.isfinite(frame_mean):
        raise BadInput(f"The 'frame_mean' parameter must be finite. Got {frame_mean!r}.")
    plain = mean(design, y)
    answers = column(y, n=design.n, name="y")
    rest = mean(design, answers - column(prediction, n=design.n, name="prediction"))
    gain = 1 - (float(rest.se) / float(plain.se)) ** 2 if plain.se else 0.0
    if gain <= 0:
        return Combined(float(plain.value), float(plain.se), plain.df, 0.0, "difference")
    return Combined(frame_mean + float(rest.value), float(rest.se), rest.df, gain, "difference")
