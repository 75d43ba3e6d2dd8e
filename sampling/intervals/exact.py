"""Exact intervals of a share: Clopper and Pearson's, and the hypergeometric one for a known population."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, numbers, refuse
from sampling.intervals.limits import Interval, interval, shares, together, upper

NEGLIGIBLE = 1e-17
"""Terms below this share of a sum no longer change it."""

ROUNDING = 1e-11
"""A probability that lies this near to a tail, relatively, is equal to it: sums of floats are no nearer."""

MOST = 1e14
"""Answers beyond which the quantiles of a beta distribution lose their digits."""


def clopper_pearson(k: Any, n: Any, *, level: float = 0.95) -> Interval:
    """Return the exact binomial interval for `k` of `n` (broadcast), which need not be whole.

    The quantiles α/2 of Beta(k, n - k + 1) and 1 - α/2 of Beta(k + 1, n - k): Clopper and Pearson (1934),
    Biometrika 26: 404-413. Raises BadInput unless 0 ≤ k ≤ n and n > 0.
    Formula (23) of method.md.

    >>> found = clopper_pearson(5, 5)
    >>> round(found.low, 4), found.high
    (0.4782, 1.0)
    """
    counts, trials = shares(k, n)
    return interval(*beta_limits(counts, trials, level=level))


def beta_limits(k: Floats, n: Floats, *, level: float) -> tuple[Floats, Floats]:
    """Return Clopper and Pearson's limits for counts that need not be whole; 0 and 1 where n is 0.

    Larger n than `MOST`, with k, are scaled down to it.
    """
    from scipy.special import betainccinv, betaincinv  # noqa: PLC0415 - numpy alone at import

    times = np.minimum(1.0, MOST / np.maximum(n, 1.0))
    k, missed, out = k * times, (n - k) * times, 1 - upper(level)
    some, lacking = k > 0, missed > 0
    low = betaincinv(np.where(some, k, 1.0), missed + 1, out)
    high = betainccinv(k + 1, np.where(lacking, missed, 1.0), out)
    return np.where(some, low, 0.0), np.where(lacking, high, 1.0)


def hypergeometric(k: Any, n: Any, N: Any, *, level: float = 0.95) -> Interval:
    """Return the exact interval for `k` of `n` drawn without replacement from `N` units (broadcast).

    Its limits are the least and greatest K/N with P(X ≥ k | K) > α/2 and P(X ≤ k | K) > α/2, X being the
    successes among n drawn where the population holds K: Buonaccorsi (1987), The American Statistician 41:
    215-218. They are widened to hold k/n, should they miss it at a low level. Raises BadInput unless the
    three are whole numbers, 0 ≤ k ≤ n ≤ N and n > 0.
    Formula (24) of method.md.

    >>> found = hypergeometric(5, 5, 300)
    >>> round(found.low * 300), round(found.high * 300)
    (145, 300)
    """
    counts, trials = shares(k, n)
    counts, trials, units = together(("k", counts), ("n", trials), ("N", numbers(N, name="N")))
    refuse(~(np.isfinite(units) & (units >= trials)).ravel(), name="N", must="be finite and at least n")
    whole(("k", counts), ("n", trials), ("N", units))
    tail, share = 1 - upper(level), counts / trials
    high = _most(counts, trials, units, tail=tail) / units
    low = 1 - _most(trials - counts, trials, units, tail=tail) / units
    return interval(np.clip(low, 0.0, share), np.clip(high, share, 1.0))


def whole(*named: tuple[str, Floats]) -> None:
    """Raise BadInput unless the named values are whole numbers."""
    for name, values in named:
        refuse((values != np.round(values)).ravel(), name=name, must="be a whole number")


def _most(k: Floats, n: Floats, N: Floats, *, tail: float) -> Floats:
    """The greatest K with P(X ≤ k | K) > tail."""
    held, beyond = k.copy(), N - n + k + 1
    while (beyond - held > 1).any():
        middle = np.floor((held + beyond) / 2)
        holds = at_most(k, middle, n, N) > tail * (1 + ROUNDING)
        held, beyond = np.where(holds, middle, held), np.where(holds, beyond, middle)
        beyond = np.maximum(beyond, held + 1)
    return held


def at_most(k: Floats, K: Floats, n: Floats, N: Floats) -> Floats:
    """Return P(X ≤ k | K) of the successes X among n drawn from N units with K successes.

    It is summed over the side of k on which the terms fall.
    """
    beyond = k * N > n * K
    one, successes = np.where(beyond, n - k - 1, k), np.where(beyond, N - K, K)
    found = _lower_tail(one, successes, n, N)
    return np.where(beyond, 1 - found, found)


def _lower_tail(k: Floats, K: Floats, n: Floats, N: Floats) -> Floats:
    term = probability(k, K, n, N)
    total, at = term.copy(), k.copy()
    while (term > NEGLIGIBLE * total).any():
        term = term * np.maximum(at, 0.0) * np.maximum(N - K - n + at, 0.0) / ((K - at + 1) * (n - at + 1))
        total, at = total + term, at - 1
    return total


def probability(k: Floats, K: Floats, n: Floats, N: Floats) -> Floats:
    """Return P(X = k | K), 0 where that can't be."""
    from scipy.special import gammaln  # noqa: PLC0415 - numpy alone at import

    def ways(of: Floats, taken: Floats) -> Floats:
        logarithm: Floats = gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)
        return logarithm

    told = (k >= 0) & (k <= K) & (n - k <= N - K)
    k, K = np.where(told, k, n), np.where(told, K, N)
    return np.where(told, np.exp(ways(K, k) + ways(N - K, n - k) - ways(N, n)), 0.0)
