"""Figures made of figures: sums and any smooth function of them, with errors by the delta method."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats
from sampling.errors import BadInput, named

Coefficients = Mapping[Any, float]
Formula = Callable[[Mapping[Any, Any]], Any]

STEP = 1e-40
"""So small an imaginary step that its square is nothing: the derivative comes out to the last digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A figure made of those that are `used` (k,), and its variance."""

    value: float
    variance: float
    used: Bools


def contrasted(
    formula: Coefficients | Formula, *, labels: Sequence[Hashable], values: Floats, vcov: Floats
) -> Contrast:
    """Return the contrast of `values` (k,) with covariance (k, k): g'Vg, g being the formula's derivatives.

    Figures whose coefficient or derivative is 0 leave no trace, whatever their covariance.
    """
    if isinstance(formula, Mapping):
        value, slope, used = _linear(formula, labels=labels, values=values)
    else:
        value, slope = _smooth(formula, labels=labels, values=values)
        used = slope != 0 if slope.any() else np.ones(len(slope), dtype=bool)
    by = slope[used]
    variance = float(by @ vcov[np.ix_(used, used)] @ by)
    return Contrast(value, float(np.maximum(variance, 0.0)), used)


def _linear(
    coefficients: Coefficients, *, labels: Sequence[Hashable], values: Floats
) -> tuple[float, Floats, Bools]:
    if not coefficients:
        raise BadInput("A contrast needs a domain.")
    place = {label: at for at, label in enumerate(labels)}
    unknown = [label for label in coefficients if label not in place]
    if unknown:
        raise BadInput(f"There is no domain {named(unknown)}.", items=unknown)
    slope, used = np.zeros(len(values)), np.zeros(len(values), dtype=bool)
    for label, by in coefficients.items():
        slope[place[label]], used[place[label]] = by, True
    return float(slope[used] @ values[used]), slope, used


def _smooth(formula: Formula, *, labels: Sequence[Hashable], values: Floats) -> tuple[float, Floats]:
    """What the formula makes of the mapping label → value, and its derivatives (k,), exact to the last digit.

    Squire and Trapp (1998), SIAM Review 40: 110-112.
    """
    try:
        found = float(formula(dict(zip(labels, values.tolist(), strict=True))))
        slope = np.array([_slope(formula, labels, values, at=at) for at in range(len(values))])
    except (TypeError, KeyError, ZeroDivisionError) as fault:
        raise BadInput(f"The formula of a contrast can't be evaluated: {fault!r}.") from fault
    if not np.isfinite([found, *slope]).all():
        raise BadInput("The formula of a contrast must be finite at the figures, and its slopes too.")
    return found, slope


def _slope(formula: Formula, labels: Sequence[Hashable], values: Floats, *, at: int) -> float:
    moved = values.astype(np.complex128)
    moved[at] += STEP * 1j
    return float(np.imag(formula(dict(zip(labels, moved.tolist(), strict=True))))) / STEP
