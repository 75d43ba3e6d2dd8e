"""Is a reported score too good, and of how many: a list's answers against a random sample's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.comparing.multiple import adjust
from sampling.designs.arrays import Bools, Floats, flags, frozen, numbers, refuse
from sampling.errors import BadInput, TooFew
from sampling.intervals.differences import miettinen_nurminen, newcombe, newcombe_paired, score_test
from sampling.intervals.exact import clopper_pearson
from sampling.intervals.limits import Interval, z_quantile

Method = Literal["newcombe", "miettinen_nurminen"]
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Difference:
    """A reported share less the random sample's, its limits, and the p-value of no more than the margin."""

    value: float | Floats
    low: float | Floats
    high: float | Floats
    p_value: float | Floats


@dataclass(frozen=True, slots=True, eq=False)
class Distortion:
    """What became of answers that were asked for again.

    `table` (2, 2) counts yes-yes, yes-no, no-yes, no-no. `share` is how many differ, `net` by how much the
    share of yes was too high, each with its interval; `kappa` is Cohen's agreement beyond chance, None where
    chance alone would agree always. They are three things: none stands for another.
    """

    table: Floats
    share: float
    share_interval: Interval
    net: float
    net_interval: Interval
    kappa: float | None


@dataclass(frozen=True, slots=True, eq=False)
class CityDistortion:
    """Many grids' lists against their random samples, (G,) each, and the city as a whole.

    `p_value` and `q_value` (G,) are of an excess beyond the margin, `found` (G,) those with q_value ≤ q.
    `at_least` is a cautious share of the grids that are distorted; `mean`, `se`, `low`, `high` are of the
    mean difference of all grids, `z` its statistic against no difference.
    """

    p_value: Floats
    q_value: Floats
    found: Bools
    at_least: float
    mean: float
    se: float
    low: float
    high: float
    z: float


def reported(
    k1: Any,
    n1: Any,
    k2: Any,
    n2: Any,
    *,
    deff1: Any = 1.0,
    deff2: Any = 1.0,
    method: Method = "newcombe",
    margin: Any = 0.0,
    level: float = 0.95,
) -> Difference:
    """Return how far `k1` of `n1` supplied answers lie above `k2` of `n2` drawn by lot (all broadcast).

    The interval is Newcombe's or Miettinen and Nurminen's, the p-value that of the one-sided score test of
    p₁ - p₂ ≤ `margin`; both at the effective sizes n/deff. Formulas (25), (27) and (28) of method.md.
    Raises BadInput for counts outside 0…n, a design effect that isn't positive, another method.

    >>> found = reported(30, 40, 20, 40, margin=0.05)
    >>> round(found.value, 2), round(found.p_value, 6)
    (0.25, 0.032802)
    """
    if method not in get_args(Method):
        raise BadInput(f"The 'method' parameter must be one of {get_args(Method)}. Got {method!r}.")
    first, second = _worth(k1, n1, deff1, name="deff1"), _worth(k2, n2, deff2, name="deff2")
    intervals = {"newcombe": newcombe, "miettinen_nurminen": miettinen_nurminen}
    limits = intervals[method](*first, *second, level=level)
    value = first[0] / first[1] - second[0] / second[1]
    test = score_test(*first, *second, margin=margin)
    return Difference(float(value) if np.ndim(value) == 0 else value, limits.low, limits.high, test.p_value)


def _worth(k: Any, n: Any, deff: Any, *, name: str) -> tuple[Floats, Floats]:
    """Counts and sizes over their design effect."""
    by = numbers(deff, name=name)
    refuse(~(np.isfinite(by) & (by > 0)).ravel(), name=name, must="be finite and positive")
    return numbers(k, name="k") / by, numbers(n, name="n") / by


def distorted_share(reported: Any, again: Any, *, level: float = 0.95) -> Distortion:
    """Return how many answers `reported` (n,) were another when the same people were asked `again` (n,).

    Both hold yes or no. The share that differs, (b + c)/n, has Clopper and Pearson's interval (23); the net
    excess, (b - c)/n, Newcombe's for pairs (26); kappa is (p_o - p_e)/(1 - p_e) (Cohen 1960). Raises BadInput
    for other values, TooFew without answers.
    Formulas (23) and (26) of method.md.

    >>> found = distorted_share([1, 1, 1, 0], [1, 0, 0, 0])
    >>> found.share, found.net, found.table.tolist()
    (0.5, 0.5, [[1.0, 2.0], [0.0, 1.0]])
    """
    n = np.size(reported)
    if n == 0:
        raise TooFew("distorted_share refused: nobody was asked again.")
    first, later = flags(reported, n=n, name="reported"), flags(again, n=n, name="again")
    a, b, c, d = (float((one & other).sum()) for one in (first, ~first) for other in (later, ~later))
    return Distortion(
        table=frozen(np.array([[a, b], [c, d]])),
        share=(b + c) / n,
        share_interval=clopper_pearson(b + c, n, level=level),
        net=(b - c) / n,
        net_interval=newcombe_paired(a, b, c, d, level=level),
        kappa=_kappa(a, b, c, d),
    )


def _kappa(a: float, b: float, c: float, d: float) -> float | None:
    n = a + b + c + d
    chance = ((a + b) * (a + c) + (c + d) * (b + d)) / n**2
    return None if chance == 1 else ((a + d) / n - chance) / (1 - chance)


def city_distortion(
    k1: Any, n1: Any, k2: Any, n2: Any, *, margin: float = 0.05, q: float = 0.1, level: float = 0.95
) -> CityDistortion:
    """Return which of G grids' lists are distorted beyond `margin`, and by how much all are in the mean.

    `k1` of `n1` listed and `k2` of `n2` drawn answers (G,) each. p-values by (28), adjusted after Benjamini
    and Hochberg (30); naming a grid still needs somebody's look. The share is 1 - min(1, (#{p > ½} + 1)/
    (G/2)) (Storey 2002, Journal of the Royal Statistical Society B 64: 479-498, at λ = ½): too low rather
    than too high. The mean's error is the standard deviation of the differences (divisor G) over √G. Raises
    BadInput as `reported` does and for q outside (0, 1); TooFew for fewer than two grids.
    Formulas (28) and (30) of method.md.

    >>> found = city_distortion([9, 8, 5], [10, 10, 10], [6, 5, 5], [10, 10, 10])
    >>> round(found.mean, 2), found.found.tolist()
    (0.2, [False, False, False])
    """
    if not 0 < q < 1:
        raise BadInput(f"The 'q' parameter must lie between 0 and 1. Got {q!r}.")
    made = reported(*(np.atleast_1d(numbers(each, name="k")) for each in (k1, n1, k2, n2)), margin=margin)
    apart, p = np.asarray(made.value), np.asarray(made.p_value)
    grids = apart.size
    if grids < 2:
        raise TooFew(f"city_distortion refused: a mean of differences needs two grids. Got {grids}.")
    se, mean, adjusted = float(apart.std() / np.sqrt(grids)), float(apart.mean()), adjust(p)
    half = z_quantile(level) * se
    none = min(1.0, (int((p > HALF).sum()) + 1) / (grids / 2))
    return CityDistortion(
        p_value=p,
        q_value=adjusted,
        found=frozen(adjusted <= q),
        at_least=1 - none,
        mean=mean,
        se=se,
        low=mean - half,
        high=mean + half,
        z=_statistic(mean, se),
    )


def _statistic(mean: float, se: float) -> float:
    """The mean over its error; infinite where all grids differ alike, 0 where none does."""
    if se > 0:
        return mean / se
    return float(np.copysign(np.inf, mean)) if mean else 0.0
