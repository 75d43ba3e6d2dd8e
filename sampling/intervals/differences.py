"""Two shares compared: intervals of their difference, and the score test against a margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, frozen, refuse
from sampling.intervals.exact import at_most, probability, whole
from sampling.intervals.limits import (
    HALVINGS,
    Interval,
    interval,
    shares,
    together,
    wilson_limits,
    z_quantile,
)

TINY = 1e-300
"""No share: a count over it would not be finite."""

Arms = tuple[Floats, Floats, Floats, Floats]
"""k₁, n₁, k₂, n₂."""


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """The statistic z and the one-sided p-value: numbers, or arrays of one shape."""

    z: float | Floats
    p_value: float | Floats


def score_test(
    k1: Any, n1: Any, k2: Any, n2: Any, *, margin: Any = 0.0, correction: bool = True
) -> ScoreTest:
    """Test whether the first share, `k1` of `n1`, exceeds the second, `k2` of `n2`, by more than `margin`.

    The hypothesis is p₁ - p₂ ≤ margin, tested one-sided at its edge by z = (p̂₁ - p̂₂ - margin)/√Ṽ with
    Ṽ = [p̃₁(1 - p̃₁)/n₁ + p̃₂(1 - p̃₂)/n₂]·N/(N - 1), p̃ the likeliest shares that differ by the margin and
    N = n₁ + n₂; without `correction` Ṽ lacks N/(N - 1). Where Ṽ is 0, z is 0 and the p-value .5.

    All arguments broadcast. Counts need not be whole: of clustered samples divide k and n by the design
    effect. Miettinen and Nurminen (1985), Statistics in Medicine 4: 213-226; Farrington and Manning (1990),
    Statistics in Medicine 9: 1447-1454. Raises BadInput unless 0 ≤ k ≤ n, n > 0, N > 1 and -1 < margin < 1.
    Formula (28) of method.md.

    >>> round(score_test(30, 40, 20, 40).p_value, 6)
    0.010869
    """
    from scipy.special import ndtr  # noqa: PLC0415 - numpy alone at import

    found = _arms(k1, n1, k2, n2, correction=correction)
    names = ("k1", "n1", "k2", "n2")
    *arms, beyond = together(*zip(names, found, strict=True), ("margin", margin))
    refuse(~(np.abs(beyond) < 1).ravel(), name="margin", must="lie between -1 and 1")
    first, count, second, size = arms
    variance = _variance((first, count, second, size), apart=beyond, correction=correction)
    told = variance > 0
    z = np.where(told, (first / count - second / size - beyond) / np.sqrt(np.where(told, variance, 1.0)), 0.0)
    return _tested(z, ndtr(-z))


def midp_fisher(k1: Any, n1: Any, k2: Any, n2: Any) -> float | Floats:
    """Return the one-sided mid-p value of no excess of the first share, `k1` of `n1`, over `k2` of `n2`.

    P(X > k₁) + P(X = k₁)/2 for X ~ hypergeometric, n₁ drawn from n₁ + n₂ with k₁ + k₂ successes: Fisher's
    exact test with half of what was found (Lancaster 1961, Journal of the American Statistical Association
    56: 223-234). It knows no margin: see `score_test`. All arguments broadcast. Raises BadInput unless all
    are whole numbers, 0 ≤ k ≤ n and n > 0.
    Formula (28a) of method.md.

    >>> round(midp_fisher(30, 40, 20, 40), 6)
    0.011832
    """
    arms = _arms(k1, n1, k2, n2, correction=False)
    whole(*zip(("k1", "n1", "k2", "n2"), arms, strict=True))
    first, count, second, size = arms
    yes, everybody = first + second, count + size
    beyond = at_most(count - first - 1, everybody - yes, count, everybody)
    p = np.minimum(beyond + probability(first, yes, count, everybody) / 2, 1.0)
    return float(p) if p.ndim == 0 else frozen(p)


def miettinen_nurminen(
    k1: Any, n1: Any, k2: Any, n2: Any, *, correction: bool = True, level: float = 0.95
) -> Interval:
    """Return the score interval of p₁ - p₂ for `k1` of `n1` and `k2` of `n2` (broadcast).

    It holds the δ with (p̂₁ - p̂₂ - δ)² ≤ z²Ṽ(δ), Ṽ as in `score_test`. With `correction`, N/(N - 1), it is
    Miettinen and Nurminen's (1985, Statistics in Medicine 4: 213-226); without, Mee's (1984, Biometrics 40:
    1175-1176). Raises BadInput as `score_test` does.
    Formula (27) of method.md.

    >>> found = miettinen_nurminen(56, 70, 48, 80)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0528, 0.3382)
    """
    arms = _arms(k1, n1, k2, n2, correction=correction)
    first, count, second, size = arms
    counts, sizes = np.stack([first, second]), np.stack([count, size])
    both = (counts, sizes, counts[::-1], sizes[::-1])
    low, high = _lower(both, z=z_quantile(level), correction=correction)
    return interval(low, -high)


def newcombe(k1: Any, n1: Any, k2: Any, n2: Any, *, level: float = 0.95) -> Interval:
    """Return the hybrid score interval of p₁ - p₂ for `k1` of `n1` and `k2` of `n2` (broadcast).

    d - √((p₁ - l₁)² + (u₂ - p₂)²) and d + √((u₁ - p₁)² + (p₂ - l₂)²) with Wilson's limits l, u of each share:
    Newcombe (1998), Statistics in Medicine 17: 873-890, method 10. Counts need not be whole. Raises BadInput
    unless 0 ≤ k ≤ n and n > 0.
    Formula (25) of method.md.

    >>> found = newcombe(56, 70, 48, 80)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    first, count, second, size = _arms(k1, n1, k2, n2, correction=False)
    return _hybrid(first / count, second / size, sizes=(count, size), level=level, phi=0.0)


def newcombe_paired(a: Any, b: Any, c: Any, d: Any, *, level: float = 0.95) -> Interval:
    """Return the hybrid score interval of (b - c)/n, the net change between two answers of the same people.

    Of n = a + b + c + d people `a` said yes twice, `b` yes only first, `c` yes only second, `d` never
    (broadcast). Newcombe (1998), Statistics in Medicine 17: 2635-2650, method 10: the Wilson limits of both
    shares joined with their correlation φ, n/2 taken off ad - bc where that is positive. Raises BadInput for
    counts below 0, or all 0.
    Formula (26) of method.md.

    >>> found = newcombe_paired(20, 12, 2, 16)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0562, 0.3292)
    """
    names = ("a", "b", "c", "d")
    table = together(*zip(names, (a, b, c, d), strict=True))
    for name, cell in zip(names, table, strict=True):
        refuse(~(np.isfinite(cell) & (cell >= 0)).ravel(), name=name, must="be finite and not below 0")
    both, once, later, never = table
    n = both + once + later + never
    refuse((n == 0).ravel(), name="a", must="not be 0 with b, c and d")
    phi = _phi(both, once, later, never)
    return _hybrid((both + once) / n, (both + later) / n, sizes=(n, n), level=level, phi=phi)


def _tested(z: Floats, p: Floats) -> ScoreTest:
    if z.ndim == 0:
        return ScoreTest(float(z), float(p))
    return ScoreTest(frozen(np.array(z)), frozen(np.array(p)))


def _arms(k1: Any, n1: Any, k2: Any, n2: Any, *, correction: bool) -> Arms:
    """Both samples as floats of one shape, or BadInput."""
    first, count = shares(k1, n1, names=("k1", "n1"))
    second, size = shares(k2, n2, names=("k2", "n2"))
    found = together(("k1", first), ("n1", count), ("k2", second), ("n2", size))
    if correction:
        refuse((found[1] + found[3] <= 1).ravel(), name="n1", must="be more than 1 together with n2")
    return found[0], found[1], found[2], found[3]


def _hybrid(p1: Floats, p2: Floats, *, sizes: tuple[Floats, Floats], level: float, phi: Any) -> Interval:
    z = np.full(p1.shape, z_quantile(level))
    low1, high1 = wilson_limits(p1, size=sizes[0], z=z)
    low2, high2 = wilson_limits(p2, size=sizes[1], z=z)
    apart = p1 - p2
    low = apart - _joined(p1 - low1, high2 - p2, phi=phi)
    high = apart + _joined(high1 - p1, p2 - low2, phi=phi)
    return interval(np.maximum(low, -1.0), np.minimum(high, 1.0))


def _joined(one: Floats, other: Floats, *, phi: Any) -> Floats:
    out: Floats = np.sqrt(np.maximum(one**2 - 2 * phi * one * other + other**2, 0.0))
    return out


def _phi(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    """Correlation of both answers, brought n/2 nearer to 0 where positive; 0 where there is none."""
    above = a * d - b * c
    above = np.where(above > 0, np.maximum(above - (a + b + c + d) / 2, 0.0), above)
    root = np.sqrt(a + b) * np.sqrt(c + d) * np.sqrt(a + c) * np.sqrt(b + d)
    return np.clip(above / np.where(root > 0, root, np.inf), -1.0, 1.0)


def _lower(arms: Arms, *, z: float, correction: bool) -> Floats:
    """The lower limit of the score interval, by bisection between -1 and the difference found."""
    k1, n1, k2, n2 = arms
    found = k1 / n1 - k2 / n2
    low, high = np.full(found.shape, -1.0), found
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        outside = (found - middle) ** 2 > z**2 * _variance(arms, apart=middle, correction=correction)
        low, high = np.where(outside, middle, low), np.where(outside, high, middle)
    return low


def _variance(arms: Arms, *, apart: Floats, correction: bool) -> Floats:
    _, n1, _, n2 = arms
    p2 = _likeliest(arms, apart=apart)
    p1 = np.clip(p2 + apart, 0.0, 1.0)
    whole = n1 + n2
    times = whole / (whole - 1) if correction else 1.0
    return (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * times


def _likeliest(arms: Arms, *, apart: Floats) -> Floats:
    """The likeliest second share where the first is larger by `apart`: a bound, or the root of a cubic."""
    least, most = np.maximum(0.0, -apart), np.minimum(1.0, 1 - apart)
    root = np.clip(_root(arms, apart=apart), least, most)
    falls, rises = _slope(arms, least, apart=apart) <= 0, _slope(arms, most, apart=apart) >= 0
    return np.where(falls, least, np.where(rises, most, root))


def _slope(arms: Arms, p2: Floats, *, apart: Floats) -> Floats:
    """The derivative of the log-likelihood by the second share."""
    k1, n1, k2, n2 = arms
    p1 = p2 + apart
    return _over(k1, p1) - _over(n1 - k1, 1 - p1) + _over(k2, p2) - _over(n2 - k2, 1 - p2)


def _over(count: Floats, share: Floats) -> Floats:
    """The quotient, 0 where there is no count and infinite where there is no share."""
    told = share > TINY
    return np.where(count > 0, np.where(told, count / np.where(told, share, 1.0), np.inf), 0.0)


def _root(arms: Arms, *, apart: Floats) -> Floats:
    k1, n1, k2, n2 = arms
    n, k = n1 + n2, k1 + k2
    # x³ + bx² + cx + d = 0
    b = ((n1 + 2 * n2) * apart - n - k) / n
    c = ((n2 * apart - n - 2 * k2) * apart + k) / n
    d = k2 * apart * (1 - apart) / n
    q = (b / 3) ** 3 - b * c / 6 + d / 2
    p = np.copysign(np.sqrt(np.maximum((b / 3) ** 2 - c / 3, 0.0)), q)
    cosine = np.clip(q / np.where(p == 0, np.inf, p) ** 3, -1.0, 1.0)
    root: Floats = 2 * p * np.cos((np.pi + np.arccos(cosine)) / 3) - b / 3
    return root
