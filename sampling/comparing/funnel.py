"""Funnel limits: how far from a standard chance alone takes a share of so many answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import Floats, frozen, refuse
from sampling.errors import BadInput, TooFew
from sampling.intervals.limits import together, upper

LEVELS = (0.95, 0.998)
CUT = 0.1
"""The share of z-scores at either end that is pulled in before their spread is measured."""

SIGNIFICANT = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class FunnelLimits:
    """Limits (L, D) of a share about each of D targets, for each of L levels."""

    levels: tuple[float, ...]
    low: Floats
    high: Floats


class Dispersion(NamedTuple):
    """How much more shares differ than by chance: the factor `phi`, the variance `tau2` between them."""

    phi: float
    tau2: float


@dataclass(frozen=True, slots=True, eq=False)
class Overdispersed:
    """z-scores (D,) plain and with the variance between places, and whether that variance is to be used.

    `z` is (p - target)/s, `z_between` the same over √(s² + tau2); `significant` tells that D·phi exceeds the
    .95 quantile of χ² with D degrees of freedom.
    """

    z: Floats
    z_between: Floats
    phi: float
    tau2: float
    significant: bool


def limits(target: Any, n: Any, *, levels: Sequence[float] = LEVELS, phi: float = 1.0) -> FunnelLimits:
    """Return the interpolated exact binomial limits about `target` for `n` answers (broadcast, D).

    For q = (1 - level)/2 and (1 + level)/2: r = min{F(r) ≥ q}, limit (r - (F(r) - q)/(F(r) - F(r - 1)))/n
    within [0, 1], F that of Bin(max(1, ⌊n⌋), target). With `phi` > 1 distances from the target are multiplied
    by √phi. Formula (58) of method.md; Spiegelhalter (2005), Statistics in Medicine 24: 1185-1202, appendix
    A.1.1. Raises BadInput for a target outside [0, 1], n ≤ 0, a level outside (0, 1), phi ≤ 0.

    >>> found = limits(0.75, 10)
    >>> found.low.round(4).ravel().tolist(), found.high.round(4).ravel().tolist()
    ([0.409, 0.2189], [0.9556, 0.9982])
    """
    share, size = _given(target, n)
    if not 0 < phi < np.inf:
        raise BadInput(f"The 'phi' parameter must be finite and positive. Got {phi!r}.")
    tails = np.array([upper(level) for level in levels])
    wide = float(np.sqrt(max(1.0, phi)))
    low, high = (
        np.stack([np.clip(share + wide * (_limit(share, size, q=q) - share), 0, 1) for q in side])
        for side in (1 - tails, tails)
    )
    return FunnelLimits(tuple(levels), frozen(low), frozen(high))


def position(value: Any, target: Any, n: Any) -> NDArray[np.str_]:
    """Return where shares `value` stand: below_99.8, below_95, inside, above_95 or above_99.8 (broadcast, D).

    By the tail's probability, never by the drawn line: below where P(X ≤ k) < (1 - level)/2, above where
    P(X ≥ k) is, X ~ Bin(m, target), m = max(1, ⌊n⌋), k = ⌊m·value + 1/2⌋. A line between two counts would
    flag 10 of 10 at .95, which happens to 60 % of places that are in order. Raises BadInput as `limits` does.
    Formula (58) of method.md.

    >>> position([0.5, 0.8, 1.0], 0.95, 10).tolist()
    ['below_99.8', 'inside', 'inside']
    """
    shares, goal, size = together(("value", value), ("target", target), ("n", n))
    shares = np.atleast_1d(shares)
    refuse(~((shares >= 0) & (shares <= 1)).ravel(), name="value", must="lie between 0 and 1")
    goal, size = _given(goal, size)
    count = np.floor(size * shares + 0.5)
    few, many = _cumulated(count, size, goal), 1 - _cumulated(count - 1, size, goal)
    near, far = ((1 - level) / 2 for level in LEVELS)
    tests = [few < far, few < near, many < far, many < near]
    return frozen(np.select(tests, ["below_99.8", "below_95", "above_99.8", "above_95"], "inside"))


def lower_tail(k: Any, n: Any, target: Any) -> float | Floats:
    """Return P(X ≤ k) for X ~ Bin(n, target) (broadcast): how rare so few are by chance.

    Raises BadInput for k or n that aren't whole, or not 0 ≤ k ≤ n, and a target outside [0, 1].
    Formula (58) of method.md.

    >>> round(lower_tail(8, 10, 0.95), 6)
    0.086138
    """
    count, size, goal = together(("k", k), ("n", n), ("target", target))
    whole = (count == np.floor(count)) & (size == np.floor(size))
    refuse(~(whole & (count >= 0) & (count <= size)).ravel(), name="k", must="be whole, from 0 to n")
    refuse(~((goal >= 0) & (goal <= 1)).ravel(), name="target", must="lie between 0 and 1")
    found = _cumulated(count, size, goal)
    return float(found) if found.ndim == 0 else frozen(found)


def dispersion(value: Any, target: Any, n: Any) -> Dispersion:
    """Return φ and τ² of D shares `value` of `n` answers about `target` (broadcast).

    z-scores, pulled in to their 10 and 90 % quantiles, give φ = Σz²/D; τ² = max(0, (Dφ - (D - 1))/
    (Σs⁻² - Σs⁻⁴/Σs⁻²)), s² = target(1 - target)/n. Formula (62) of method.md; Spiegelhalter (2005),
    appendix A.2. Raises TooFew for fewer than two places; BadInput as `limits`, and for targets of 0 or 1.

    >>> found = dispersion([0.4, 0.6, 0.8, 0.9], 0.7, 40)
    >>> round(found.phi, 3), round(found.tau2, 4)
    (5.071, 0.0303)
    """
    _z, _s, phi, tau2 = _dispersed(value, target, n)
    return Dispersion(phi, tau2)


def overdispersed(value: Any, target: Any, n: Any) -> Overdispersed:
    """Return the z-scores of D shares with and without the variance between places, as `dispersion`.

    Formula (62) of method.md.

    >>> overdispersed([0.4, 0.6, 0.8, 0.9], 0.7, 40).significant
    True
    """
    from scipy.special import chdtri  # noqa: PLC0415 - numpy alone at import

    z, s, phi, tau2 = _dispersed(value, target, n)
    critical = float(chdtri(z.size, 1 - SIGNIFICANT))
    return Overdispersed(frozen(z), frozen(z * s / np.sqrt(s**2 + tau2)), phi, tau2, z.size * phi > critical)


def _dispersed(value: Any, target: Any, n: Any) -> tuple[Floats, Floats, float, float]:
    shares, goal, size = (
        np.atleast_1d(each) for each in together(("value", value), ("target", target), ("n", n))
    )
    _given(goal, size)
    refuse(~((shares >= 0) & (shares <= 1)), name="value", must="lie between 0 and 1")
    refuse(~((goal > 0) & (goal < 1)), name="target", must="lie strictly between 0 and 1")
    places = shares.size
    if places < 2:
        raise TooFew("The dispersion of shares needs two places or more.")
    s = np.sqrt(goal * (1 - goal) / size)
    z = (shares - goal) / s
    pulled = np.clip(z, *np.quantile(z, [CUT, 1 - CUT]))
    phi, worth = float((pulled**2).mean()), s**-2
    tau2 = (places * phi - (places - 1)) / float(worth.sum() - (worth**2).sum() / worth.sum())
    return z, s, phi, max(0.0, tau2)


def _given(target: Any, n: Any) -> tuple[Floats, Floats]:
    goal, size = (np.atleast_1d(each) for each in together(("target", target), ("n", n)))
    refuse(~((goal >= 0) & (goal <= 1)).ravel(), name="target", must="lie between 0 and 1")
    refuse(~(np.isfinite(size) & (size > 0)).ravel(), name="n", must="be finite and positive")
    return goal, np.maximum(1.0, np.floor(size))


def _cumulated(k: Any, n: Floats, p: Floats) -> Floats:
    """P(X ≤ k) for whole k and n."""
    from scipy.special import betaincc  # noqa: PLC0415 - numpy alone at import

    some = (k >= 0) & (k < n)
    inside = betaincc(np.where(some, k + 1, 1.0), np.where(some, n - k, 1.0), p)
    return np.asarray(np.where(k < 0, 0.0, np.where(some, inside, 1.0)))


def _limit(p: Floats, n: Floats, *, q: float) -> Floats:
    """The interpolated limit at the probability `q`; bisection over the whole counts."""
    low, high = np.full(p.shape, -1.0), n.copy()
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reached = _cumulated(middle, n, p) >= q
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    here, before = _cumulated(high, n, p), _cumulated(high - 1, n, p)
    step = np.where(here > before, here - before, 1.0)
    return np.asarray((high - (here - q) / step) / n)
