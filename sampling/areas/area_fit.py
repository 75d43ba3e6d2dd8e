"""The variance of the area effects of an area-level model: its scores, likelihoods and search.

Everything is sums over the m areas of a diagonal model, O(m p²) a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.designs.arrays import Floats

Method = Literal["reml", "ml", "moments", "adjusted"]

POINTS = 61
"""Places on the log scale where the likelihood is compared before the best is refined."""
HALVINGS = 200
"""More than enough to halve an interval of doubles until nothing lies between its ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Direct figures y (m,), their variances psi (m,) > 0, and covariates x (m, p) of full rank."""

    y: Floats
    psi: Floats
    x: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What follows from the areas once the variance A is given: weights 1/(A + ψ), β, residuals, (X'WX)⁻¹."""

    weight: Floats
    beta: Floats
    residual: Floats
    inverse: Floats

    @property
    def misfit(self) -> float:
        """Σ W r²."""
        # A plain sum: a product of long vectors is spread over threads that wait for each other.
        return float((self.weight * self.residual**2).sum())


@dataclass(frozen=True, slots=True)
class Variance:
    """The variance of the area effects, and whether the search ended within its bounds or at one of them."""

    value: float
    at: Literal["inside", "lower", "upper"]


def given(areas: Areas, variance: float) -> Given:
    """Return the weighted least squares fit at a variance ≥ 0 of the area effects."""
    weight = 1.0 / (variance + areas.psi)
    heavy = areas.x * weight[:, None]
    inverse = np.asarray(np.linalg.inv(areas.x.T @ heavy), dtype=np.float64)
    beta = inverse @ (heavy.T @ areas.y)
    return Given(weight=weight, beta=beta, residual=areas.y - areas.x @ beta, inverse=inverse)


def squared(areas: Areas, fit: Given) -> Floats:
    """Return X'W²X (p, p)."""
    out: Floats = (areas.x * (fit.weight**2)[:, None]).T @ areas.x
    return out


def score(areas: Areas, variance: float, *, method: Method) -> float:
    """Return a number whose sign is that of the slope of the method's objective at the variance.

    REML: -½ tr P + ½ y'PPy; ML: -½ ΣW + ½ y'PPy; moments: ΣWr² - (m - p); adjusted: REML + 1/A.
    """
    fit = given(areas, variance)
    if method == "moments":
        return fit.misfit - len(areas.y) + int(areas.x.shape[1])
    gain = float(np.square(fit.weight * fit.residual).sum())
    trace = float(fit.weight.sum())
    if method != "ml":
        trace -= float((fit.inverse * squared(areas, fit)).sum())
    return (gain - trace) / 2 + (1 / variance if method == "adjusted" else 0.0)


def objective(areas: Areas, variance: float, *, method: Method) -> float:
    """Return the log-likelihood the method maximises, without its constant."""
    fit = given(areas, variance)
    out = (float(np.log(fit.weight).sum()) - fit.misfit) / 2
    if method != "ml":
        out += float(np.linalg.slogdet(fit.inverse)[1]) / 2
    return out + (math.log(variance) if method == "adjusted" else 0.0)


def within(areas: Areas, *, method: Method, low: float, high: float) -> Variance:
    """Return the variance of the highest likelihood on [low, high], 0 < low < high.

    The likelihood may have several peaks: the highest of a grid of `POINTS` is refined by its score.
    """
    places = np.exp(np.linspace(math.log(low), math.log(high), POINTS)).tolist()
    places[0], places[-1] = low, high
    best = int(np.argmax([objective(areas, place, method=method) for place in places]))
    rising = score(areas, places[best], method=method) > 0
    if best == 0 and not rising:
        return Variance(low, "lower")
    if best == POINTS - 1 and rising:
        return Variance(high, "upper")
    ends = (places[best], places[best + 1]) if rising else (places[best - 1], places[best])
    return Variance(turn(lambda a: score(areas, a, method=method), *ends), "inside")


def unbounded(areas: Areas, *, method: Method) -> Variance:
    """Return the variance ≥ 0 that the method finds without bounds."""
    scale = float(np.var(areas.y) + areas.psi.max())
    if method == "moments":
        return _above(areas, method=method, high=scale)
    least = 1e-8 * float(areas.psi.min())
    found = within(areas, method=method, low=least, high=1e4 * scale)
    if found.at == "lower":
        return _above(areas, method=method, high=least)
    return found


def _above(areas: Areas, *, method: Method, high: float) -> Variance:
    """Return the first turn above 0, or 0 where the objective falls from there."""
    if score(areas, 0.0, method=method) <= 0:
        return Variance(0.0, "lower")
    while score(areas, high, method=method) > 0:
        high *= 2
    return Variance(turn(lambda a: score(areas, a, method=method), 0.0, high), "inside")


def turn(slope: Callable[[float], float], low: float, high: float) -> float:
    """Return where a slope that is positive above `low` becomes negative before `high`, to the last bit."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if slope(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
