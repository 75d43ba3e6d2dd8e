"""Between which bounds factors of a calibration may lie, and whether any can meet the totals there."""

from __future__ import annotations

import math

import numpy as np

from sampling.designs.arrays import Floats
from sampling.errors import BadInput, Infeasible
from sampling.weights.solvers import EXPONENTIAL, Distance, logit, truncated

Bounds = tuple[float, float]

FREE = (-math.inf, math.inf)
"""The bounds that allow negative weights."""


def refuse_bounds(bounds: Bounds | None, *, method: str) -> None:
    """Raise BadInput for bounds that the method doesn't know."""
    if bounds is None and method != "logit":
        return
    low, high = bounds or (1.0, 1.0)
    if (method == "linear" and (low, high) == FREE) or (method != "raking" and 0 <= low < 1 < high):
        return
    text = "The 'bounds' parameter must be two numbers with 0 ≤ low < 1 < high, with 'linear' or 'logit';"
    raise BadInput(f"{text} or (-inf, inf), with 'linear'. Got {bounds!r} with method={method!r}.")


def distance(method: str, bounds: Bounds | None) -> Distance:
    """Return how factors are kept near 1, by the method and its bounds."""
    if bounds is None or method == "raking":
        return EXPONENTIAL
    return truncated(*bounds) if method == "linear" else logit(*bounds)


def refuse_out_of_reach(x: Floats, d: Floats, wanted: Floats, bounds: Bounds | None) -> None:
    """Raise Infeasible where no factors within the bounds take the weights to the totals."""
    from scipy.optimize import linprog  # noqa: PLC0415 - numpy alone at import

    there = d > 0
    a = (x[there] * d[there, None]).T
    found = linprog(np.zeros(a.shape[1]), A_eq=a, b_eq=wanted, bounds=[bounds] * a.shape[1])
    if found.status == 2:
        text = f"calibrate refused: no factors within {bounds} meet the totals."
        raise Infeasible(f"{text} Widen the bounds, or calibrate to fewer columns.", items=[bounds])
