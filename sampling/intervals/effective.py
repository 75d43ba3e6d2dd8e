"""Intervals of an estimate from its standard error: t, and those of a share through its effective size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, refuse
from sampling.intervals.exact import beta_limits
from sampling.intervals.limits import HALVINGS, Interval, interval, t_quantile, together, wilson_limits

Limits = tuple[Floats, Floats]

TINY = 1e-100
"""A smaller share or error is 0: its square could not be told from it."""


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """Shares `p` in [0, 1] of `n` answers each, all of one shape.

    `size` is the effective size p(1 - p)/se², n where p is 0 or 1 or se is 0 (`untold`); `t` is Student's
    quantile at `df`, infinite where there are no degrees of freedom. `most` is n/(1 - f), f being the share
    of the population that the answers are: so large is the effective size of a simple random sample.
    """

    p: Floats
    size: Floats
    n: Floats
    t: Floats
    df: Floats
    level: float
    most: Floats

    @property
    def edge(self) -> Bools:
        """Where the share is 0 or 1."""
        out: Bools = (self.p <= 0) | (self.p >= 1)
        return out

    def part(self, rows: Bools) -> Share:
        """Return the chosen shares."""
        kept = (self.p, self.size, self.n, self.t, self.df)
        p, size, n, t, df = (values[rows] for values in kept)
        return Share(p, size, n, t, df, self.level, self.most[rows])


def around(value: Any, se: Any, *, df: Any, level: float) -> Interval:
    """Return value ± t·se at `df` degrees of freedom; infinite where there are none (df < 1)."""
    middle, half = np.asarray(value), np.asarray(se)
    t = np.broadcast_to(t_quantile(df, level=level), middle.shape)
    untold = np.isinf(t) | np.isnan(half)
    half = np.where(untold, np.inf, np.where(untold, 0.0, t) * half)
    return interval(middle - half, middle + half)


def share_of(p: Any, se: Any, *, n: Any, df: Any, level: float, fraction: Any = 0.0) -> Share:
    """Return shares with their effective sizes; a `p` outside [0, 1], as by weights below 0, is cut.

    Where `se` is NaN there are no degrees of freedom either.
    """
    given, error, rows, freedom, f = together(
        ("p", p), ("se", se), ("n", n), ("df", df), ("fraction", fraction)
    )
    refuse(np.isnan(freedom).ravel(), name="df", must="be a number")
    given = np.where(given < TINY, 0.0, np.minimum(given, 1.0))
    spread = given * (1 - given)
    told = (spread > 0) & (error > TINY)
    size = np.where(told, spread / np.where(told, error, 1.0) ** 2, rows)
    freedom = np.where(np.isnan(error), 0.0, freedom)
    most = rows / np.where(f < 1, 1 - f, 1.0)
    return Share(given, size, rows, t_quantile(freedom, level=level), freedom, level, most)


def capped(of: Share) -> Share:
    """Return the shares with an effective size of at most n/(1 - f)."""
    return replace(of, size=np.minimum(of.size, of.most))


def wilson(of: Share) -> Limits:
    """Return Wilson's limits with the effective size for n and t for z."""
    return wilson_limits(of.p, size=of.size, z=of.t)


def wilson_capped(of: Share) -> Limits:
    """Return Wilson's limits with an effective size of at most n/(1 - f)."""
    return wilson(capped(of))


def logit(of: Share) -> Limits:
    """Return expit(logit p ± t/√(size·p(1 - p))); at p = 0 and 1, which have no logit, `korn_graubard`'s."""
    from scipy.special import expit  # noqa: PLC0415 - numpy alone at import
    from scipy.special import logit as log_odds  # noqa: PLC0415

    p = np.where(of.edge, 0.5, of.p)
    half = of.t / (np.sqrt(of.size) * np.sqrt(p * (1 - p)))
    low, high = korn_graubard_limits(of)
    return np.where(of.edge, low, expit(log_odds(p) - half)), np.where(
        of.edge, high, expit(log_odds(p) + half)
    )


def asin(of: Share) -> Limits:
    """Return sin²(asin √p ± t/(2√size)), the angle kept within a right one."""
    middle, half = np.arcsin(np.sqrt(of.p)), of.t / np.sqrt(4 * of.size)
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def likelihood(of: Share) -> Limits:
    """Return the q with 2·size·D(p‖q) = t²n/(n - 1), D being p ln(p/q) + (1 - p) ln((1 - p)/(1 - q))."""
    several = of.n > 1
    times = of.n / np.where(several, of.n - 1, 1.0)
    most = np.where(several, of.t**2 * times / (2 * of.size), np.inf)
    return _towards(of.p, np.zeros_like(of.p), most=most), _towards(of.p, np.ones_like(of.p), most=most)


def _towards(p: Floats, end: Floats, *, most: Floats) -> Floats:
    """The share farthest from p on the way to `end` whose divergence from p is at most `most`."""
    from scipy.special import rel_entr  # noqa: PLC0415 - numpy alone at import

    near, far = p, end
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        inside = rel_entr(p, middle) + rel_entr(1 - p, 1 - middle) <= most
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.where(np.isinf(most), end, near)


def beta(of: Share) -> Limits:
    """Return Clopper and Pearson's limits at `beta_size`."""
    size = beta_size(of)
    return beta_limits(of.p * size, size, level=of.level)


def beta_size(of: Share) -> Floats:
    """Return size·(t at n - 1 over t at df)², the size itself at p = 0 and 1."""
    ideal = t_quantile(of.n - 1, level=of.level)
    free = of.edge | np.isinf(ideal)
    times: Floats = np.where(free, 1.0, np.where(free, 1.0, ideal) / of.t)
    return of.size * times**2


def korn_graubard_limits(of: Share) -> Limits:
    """Return Clopper and Pearson's limits at `korn_graubard_size`."""
    size = korn_graubard_size(of)
    return beta_limits(of.p * size, size, level=of.level)


def korn_graubard_size(of: Share) -> Floats:
    """Return `beta_size`, at most n."""
    return np.minimum(beta_size(of), of.n)


BY_NAME: dict[str, Callable[[Share], Limits]] = {
    "wilson": wilson,
    "wilson_capped": wilson_capped,
    "logit": logit,
    "asin": asin,
    "likelihood": likelihood,
    "beta": beta,
    "korn_graubard": korn_graubard_limits,
}


def korn_graubard(p: Any, se: Any, n: Any, df: Any, *, cap: bool = True, level: float = 0.95) -> Interval:
    """Return Korn and Graubard's interval of a share `p` with standard error `se` among `n` rows (broadcast).

    Clopper and Pearson's limits for p·n* of n*, n* = p(1 - p)/se²·(t at n - 1 over t at df)², at most n
    unless `cap` is false. Where p is 0 or 1, n* is n; where se is 0, n stands for p(1 - p)/se². Without
    degrees of freedom (df < 1) a p between 0 and 1 has the limits 0 and 1.

    Korn and Graubard (1998), Survey Methodology 24: 193-201; capped: Parker et al. (2017), National Center
    for Health Statistics, Vital and Health Statistics 2(175). Raises BadInput unless 0 ≤ p ≤ 1, se ≥ 0 and
    n ≥ 1.
    Formula (23) of method.md.

    >>> found = korn_graubard(0.05, 0.02, 120, 14)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0166, 0.1123)
    """
    given, error, rows, freedom = together(("p", p), ("se", se), ("n", n), ("df", df))
    refuse(~((given >= 0) & (given <= 1)).ravel(), name="p", must="lie between 0 and 1")
    refuse(~(np.isfinite(error) & (error >= 0)).ravel(), name="se", must="be finite and not below 0")
    refuse(~(np.isfinite(rows) & (rows >= 1)).ravel(), name="n", must="be finite and at least 1")
    share = share_of(given, error, n=rows, df=freedom, level=level)
    return interval(*(korn_graubard_limits if cap else beta)(share))
