"""What every interval is made of: limits, a level, quantiles, counts that can be shares; and Wilson's."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, frozen, numbers, refuse
from sampling.errors import BadInput

HALVINGS = 64
"""Steps of a bisection: what is left of a bracket within [-1, 1] is less than a float can tell."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The two limits of a confidence interval: numbers, or arrays of one shape."""

    low: float | Floats
    high: float | Floats


def interval(low: Any, high: Any) -> Interval:
    """Return the interval as plain numbers where the limits have no dimension, else as read-only arrays."""
    if np.ndim(low) == 0:
        return Interval(float(low), float(high))
    return Interval(frozen(np.array(low)), frozen(np.array(high)))


def upper(level: float) -> float:
    """Return the upper probability of a two-sided interval, (1 + level)/2, or raise BadInput."""
    if not 0.5 < (1 + level) / 2 < 1:
        raise BadInput(f"The 'level' parameter must lie between 0 and 1. Got {level!r}.", items=[level])
    return (1 + level) / 2


def z_quantile(level: float) -> float:
    """Return the upper quantile of the normal distribution for a two-sided interval."""
    return NormalDist().inv_cdf(upper(level))


def t_quantile(df: Any, *, level: float) -> Floats:
    """Return the upper quantile of Student's t for a two-sided interval; infinite where df < 1."""
    from scipy.special import stdtrit  # noqa: PLC0415 - numpy alone at import

    freedom = np.asarray(df, dtype=np.float64)
    told = freedom >= 1
    return np.where(told, stdtrit(np.where(told, freedom, 1.0), upper(level)), np.inf)


def shares(k: Any, n: Any, *, names: tuple[str, str] = ("k", "n")) -> tuple[Floats, Floats]:
    """Return counts and trials broadcast, or raise BadInput unless 0 ≤ k ≤ n, n > 0 and finite."""
    of, out_of = names
    counts, trials = together((of, k), (out_of, n))
    refuse(~(np.isfinite(trials) & (trials > 0)).ravel(), name=out_of, must="be finite and positive")
    refuse(~((counts >= 0) & (counts <= trials)).ravel(), name=of, must=f"lie between 0 and {out_of}")
    return counts, trials


def together(*named: tuple[str, Any]) -> tuple[Floats, ...]:
    """Return the named values as floats of one shape, or raise BadInput."""
    given = [numbers(values, name=name) for name, values in named]
    try:
        return np.broadcast_arrays(*given)
    except ValueError as fault:
        every = ", ".join(f"{name!r} {each.shape}" for (name, _), each in zip(named, given, strict=True))
        raise BadInput(f"The shapes can't be matched: {every}.") from fault


def wilson_limits(p: Floats, *, size: Any, z: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's limits of a share of `size` answers at the quantile `z`; 0 and 1 if z is infinite."""
    told = np.isfinite(z)
    z = np.where(told, z, 1.0)
    middle, scale = 2 * size * p + z**2, 2 * (size + z**2)
    root = z * np.sqrt(4 * size * p * (1 - p) + z**2)
    low = np.where(told, np.clip((middle - root) / scale, 0.0, p), 0.0)
    return low, np.where(told, np.clip((middle + root) / scale, p, 1.0), 1.0)


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
