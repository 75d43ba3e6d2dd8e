"""Which interval is a figure's own, by its kind and the method asked for; and what can't stand alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

import numpy as np

from sampling.designs.arrays import Bools, Floats, Ints
from sampling.errors import BadInput, named
from sampling.intervals.effective import (
    BY_NAME,
    Limits,
    Share,
    around,
    korn_graubard_limits,
    korn_graubard_size,
    share_of,
    wilson_capped,
)
from sampling.intervals.exact import hypergeometric
from sampling.intervals.limits import Interval, interval

Method = Literal[
    "auto",
    "t",
    "wilson",
    "wilson_capped",
    "logit",
    "asin",
    "likelihood",
    "beta",
    "korn_graubard",
    "hypergeometric",
]
Reason = Literal["size", "width", "relative_width", "df"]
"""Why a proportion should not stand alone: see `Estimate.withhold`."""

SMALL = 30
"""Below so many answers a grid's interval is the exact one of its finite population."""

LEAST_SIZE, WIDEST, NARROWEST, RELATIVE, LEAST_DF = 30, 0.30, 0.05, 1.30, 8
"""The bounds of Parker et al. (2017) for the presentation of proportions."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Successes k among n rows from a population of N, for one domain or for each (D,).

    They are there for a proportion of a domain within one stratum whose rows were drawn singly, with equal
    weights, from a known number N of units; n = N = 0 elsewhere.
    """

    k: int | Ints
    n: int | Ints
    N: int | Ints


@dataclass(frozen=True, slots=True, eq=False)
class Inverted:
    """Limits that come with the figure, of one level: `low` and `high` in the shape of the value."""

    level: float
    low: float | Floats
    high: float | Floats


class Limited(Protocol):
    """What limits are made of: a figure or several (D,) with errors, freedom, rows and kind."""

    @property
    def value(self) -> float | Floats:
        """The figure."""
        ...

    @property
    def se(self) -> float | Floats:
        """Its standard error."""
        ...

    @property
    def df(self) -> int | Ints:
        """Its degrees of freedom."""
        ...

    @property
    def n(self) -> int | Ints:
        """Rows with weight."""
        ...

    @property
    def kind(self) -> str:
        """What it is: a mean, a proportion …."""
        ...

    @property
    def counts(self) -> Counts | None:
        """Counts of an evenly drawn proportion."""
        ...

    @property
    def fraction(self) -> float | Floats:
        """The share of the population that was sampled."""
        ...

    @property
    def inverted(self) -> Inverted | None:
        """Limits that came with it."""
        ...


def interval_of(of: Limited, *, level: float, method: Method, df: Any) -> Interval:
    """Return the limits of `of`, see `Estimate.interval`."""
    if method not in get_args(Method):
        raise BadInput(f"The 'method' parameter must be one of {get_args(Method)}. Got {method!r}.")
    proportion = of.kind == "proportion"
    if method not in {"auto", "t"} and not proportion:
        raise BadInput(f"The method {method!r} is for proportions. The figure is a {of.kind}.")
    if of.inverted is not None:
        return _inverted(of.inverted, level=level, method=method, df=df)
    freedom = of.df if df is None else df
    if method == "t" or not proportion:
        return around(of.value, of.se, df=freedom, level=level)
    if method == "hypergeometric":
        return _exact(of, level=level)
    share = share_of(of.value, of.se, n=of.n, df=freedom, level=level, fraction=of.fraction)
    return interval(*(_auto(of, share) if method == "auto" else BY_NAME[method](share)))


def _inverted(of: Inverted, *, level: float, method: Method, df: Any) -> Interval:
    """Limits as they came, or BadInput where others are asked for."""
    if level != of.level or method != "auto" or df is not None:
        text = f"The figure has limits of its own, of level {of.level:g}."
        raise BadInput(f"{text} Give the level where it is estimated, and neither 'method' nor 'df' here.")
    return interval(of.low, of.high)


def _auto(of: Limited, share: Share) -> Limits:
    flat = share.edge | (np.asarray(of.se) == 0)
    low, high = wilson_capped(share)
    if flat.any():
        low[flat], high[flat] = korn_graubard_limits(share.part(flat))
    few = ~flat & _small(of)
    if few.any():
        exact = hypergeometric(*(values[few] for values in _counts(of)), level=share.level)
        low[few], high[few] = exact.low, exact.high
    return low, high


def _counts(of: Limited) -> tuple[Ints, Ints, Ints]:
    """k, n and N in the shape of the figures; 0 where there are none."""
    nought = np.zeros(np.shape(of.value), dtype=np.int64)
    if of.counts is None:
        return nought, nought, nought
    return np.asarray(of.counts.k), np.asarray(of.counts.n), np.asarray(of.counts.N)


def _small(of: Limited) -> Bools:
    n = _counts(of)[1]
    return (n > 0) & (n < SMALL)


def _exact(of: Limited, *, level: float) -> Interval:
    k, n, N = _counts(of)
    if (n == 0).any():
        labels = getattr(of, "domains", ("all",))
        bad = [labels[at] for at in np.flatnonzero(n == 0)]
        text = "The method 'hypergeometric' needs a domain drawn evenly from one stratum of known size."
        raise BadInput(f"{text} See {named(bad)}.", items=bad)
    return hypergeometric(k, n, N, level=level)


def withheld(of: Limited, *, level: float) -> tuple[tuple[Reason, ...], ...]:
    """Return for each figure why it should not stand alone, see `Estimate.withhold`."""
    if of.kind != "proportion":
        raise BadInput(f"Only proportions are withheld. The figure is a {of.kind}.")
    share = share_of(of.value, of.se, n=of.n, df=of.df, level=level)
    low, high = korn_graubard_limits(share)
    width = high - low
    between = (width > NARROWEST) & (width < WIDEST)
    found: dict[Reason, Bools] = {
        "size": korn_graubard_size(share) < LEAST_SIZE,
        "width": width >= WIDEST,
        "relative_width": between & (width > RELATIVE * share.p),
        "df": share.df < LEAST_DF,
    }
    rows = np.atleast_1d(np.stack(list(found.values()), axis=-1)).reshape(-1, len(found))
    return tuple(tuple(name for name, yes in zip(found, row, strict=True) if yes) for row in rows)
