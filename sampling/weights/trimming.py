"""Weights kept within limits, their sum unchanged."""

from __future__ import annotations

import math

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.design import SurveyDesign
from sampling.designs.steps import step
from sampling.errors import BadInput, Infeasible

TRIMMINGS = 200
"""How often what was cut is spread again before the limits count as out of reach."""


def trim(
    design: SurveyDesign, *, low: float | None = None, high: float | None = None, strict: bool = True
) -> SurveyDesign:
    """Return the design with weights within [low, high] and the same sum.

    What was cut is spread equally over the weights inside; `strict` repeats that until none is outside. Rows
    of weight 0 take no part. Calibrate again afterwards. Raises Infeasible where that never ends;
    BadInput. Source: Potter (1990), Proceedings of the Survey Research Methods Section, ASA; R's trimWeights.
    Formula (2d) of method.md.

    >>> trim(SurveyDesign([1, 2, 3, 10]), high=6).weights.round(6).tolist()
    [2.333333, 3.333333, 4.333333, 6.0]
    """
    if design.inside is not None:
        raise BadInput("The 'design' parameter of trim must be a whole sample. Take subsets of its result.")
    bottom, top = _limits(low, high)
    here = design.weights != 0
    new = design.weights.copy()
    new[here] = _trimmed(new[here], bottom, top, strict=strict)
    limits = np.array([bottom, top])
    made = step(design.calibrations, method="trim/1", old=design.weights, new=new, inputs=(limits,))
    return design.weighted(new, by=made)


def _limits(low: float | None, high: float | None) -> tuple[float, float]:
    bottom, top = -math.inf if low is None else low, math.inf if high is None else high
    if not bottom <= top or top <= 0:
        raise BadInput(f"The 'low' parameter must be at most 'high', and that positive. Got {low}, {high}.")
    return bottom, top


def _trimmed(weights: Floats, low: float, high: float, *, strict: bool) -> Floats:
    whole = float(weights.sum())
    for _ in range(TRIMMINGS):
        outside = (weights < low) | (weights > high)
        if not outside.any():
            return weights
        if outside.all():
            break
        cut = np.clip(weights, low, high)
        weights = np.where(outside, cut, weights + (whole - cut.sum()) / np.count_nonzero(~outside))
        if not strict:
            return weights
    text = f"trim refused: the weights can't lie in [{low:g}, {high:g}] while their sum is kept"
    raise Infeasible(f"{text} and what is cut is spread equally. Widen the limits.", items=[low, high])
