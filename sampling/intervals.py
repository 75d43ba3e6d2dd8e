"""Confidence intervals: of a proportion from a count, and of estimates from their standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from sampling.arrays import Floats, frozen, numbers, refuse
from sampling.errors import BadInput


@dataclass(frozen=True, slots=True)
class Interval:
    """The two limits of a confidence interval: numbers, or arrays of one shape."""

    low: float | Floats
    high: float | Floats


def wilson(k: Any, n: Any, *, level: float = 0.95) -> Interval:
    """Return Wilson's score interval for `k` of `n` (broadcast), both as counted in a simple random sample.

    Wilson (1927), Journal of the American Statistical Association 22: 209-212. Raises BadInput unless
    0 ≤ k ≤ n and n > 0.

    >>> round(wilson(8, 10).low, 6)
    0.490162
    """
    counts, trials = np.broadcast_arrays(numbers(k, name="k"), numbers(n, name="n"))
    refuse(~(np.isfinite(trials) & (trials > 0)).ravel(), name="n", must="be finite and positive")
    refuse(~((counts >= 0) & (counts <= trials)).ravel(), name="k", must="lie between 0 and n")
    z = NormalDist().inv_cdf(_upper(level))
    return _score(counts / trials, size=trials, z=np.full(trials.shape, z))


def around(value: Any, se: Any, *, df: Any, level: float) -> Interval:
    """Return value ± t·se at `df` degrees of freedom; infinite where there are none (df < 1)."""
    middle, half = np.asarray(value), np.asarray(se)
    t = np.broadcast_to(t_quantile(df, level=level), middle.shape)
    half = np.where(np.isinf(t), np.inf, np.where(np.isinf(t), 0.0, t) * half)
    return _interval(middle - half, middle + half)


def design_wilson(p: Any, se: Any, *, df: Any, n: Any, level: float, capped: bool) -> Interval:
    """Return Wilson's interval at the effective size p(1 - p)/se², with the t quantile at `df`.

    Where p is 0 or 1 or se is 0 the size is `n`, the number of rows; `capped` keeps it at most `n`.
    Without degrees of freedom (df < 1) the interval is 0 to 1.
    """
    share, error = np.asarray(p), np.asarray(se)
    spread = share * (1 - share)
    told = (spread > 0) & (error > 0)
    size = np.where(told, spread / np.where(told, error, 1.0) ** 2, n)
    t = np.broadcast_to(t_quantile(df, level=level), share.shape)
    return _score(share, size=np.minimum(size, n) if capped else size, z=t)


def t_quantile(df: Any, *, level: float) -> Floats:
    """Return the upper quantile of Student's t for a two-sided interval; infinite where df < 1."""
    from scipy.special import stdtrit  # noqa: PLC0415 - numpy alone at import

    freedom = np.asarray(df, dtype=np.float64)
    told = freedom >= 1
    return np.where(told, stdtrit(np.where(told, freedom, 1.0), _upper(level)), np.inf)


def _score(p: Floats, *, size: Floats, z: Floats) -> Interval:
    told = np.isfinite(z)
    z = np.where(told, z, 1.0)
    middle, scale = 2 * size * p + z**2, 2 * (size + z**2)
    root = z * np.sqrt(4 * size * p * (1 - p) + z**2)
    low = np.where(told, np.clip((middle - root) / scale, 0.0, p), 0.0)
    return _interval(low, np.where(told, np.clip((middle + root) / scale, p, 1.0), 1.0))


def _upper(level: float) -> float:
    if not 0 < level < 1:
        raise BadInput(f"The 'level' parameter must lie between 0 and 1. Got {level!r}.", items=[level])
    return (1 + level) / 2


def _interval(low: Floats, high: Floats) -> Interval:
    if low.ndim == 0:
        return Interval(float(low), float(high))
    return Interval(frozen(np.array(low)), frozen(np.array(high)))
