"""What an estimator returns: a figure never stands without its error, degrees of freedom and rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.arrays import Floats, Ints
from sampling.errors import BadInput, named
from sampling.intervals import Interval, around, design_wilson

METHOD = "linearised/1"
"""The estimator of the standard error and its version, carried by every figure."""

Method = Literal["auto", "t", "wilson"]


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
class Estimate:
    """One figure, or one per column of y (k,).

    `se` is its standard error, `df` the degrees of freedom of the domain, `deff` the variance over that of a
    simple random sample of as many rows, `n` the rows with weight, `vcov` the covariance (k, k) if asked for.
    """

    value: float | Floats
    se: float | Floats
    df: int
    deff: float | Floats
    n: int
    vcov: Floats | None = None
    kind: str = "mean"
    method: str = METHOD
    counts: Counts | None = None

    def interval(self, level: float = 0.95, method: Method = "auto", *, df: float | None = None) -> Interval:
        """Return the confidence interval at `df` degrees of freedom, those of the domain if not given.

        "t": value ± t·se. "wilson": Wilson's at the effective size p(1 - p)/se² with t for z, for proportions
        only. "auto": t, but for proportions Wilson's with the effective size capped at n; exact intervals
        for very small domains are not among the methods. Without degrees of freedom nothing is excluded.
        """
        return _interval(self, level=level, method=method, df=df)


@dataclass(frozen=True, slots=True, eq=False)
class DomainEstimates:
    """The figures of all domains, as arrays (D,) in the order of the sorted labels `domains`.

    The fields are those of `Estimate`; `vcov` is (D, D).
    """

    value: Floats
    se: Floats
    df: Ints
    deff: Floats
    n: Ints
    domains: tuple[Hashable, ...]
    vcov: Floats | None = None
    kind: str = "mean"
    method: str = METHOD
    counts: Counts | None = None

    def __getitem__(self, label: Hashable) -> Estimate:
        """The figure of one domain, or BadInput for an unknown label."""
        at = self._place(label)
        return Estimate(
            value=float(self.value[at]),
            se=float(self.se[at]),
            df=int(self.df[at]),
            deff=float(self.deff[at]),
            n=int(self.n[at]),
            vcov=None if self.vcov is None else self.vcov[at : at + 1, at : at + 1],
            kind=self.kind,
            method=self.method,
            counts=None if self.counts is None else _count(self.counts, at),
        )

    def interval(self, level: float = 0.95, method: Method = "auto", *, df: Any = None) -> Interval:
        """Return the confidence intervals (D,), as `Estimate.interval` does; `df` is a number or (D,)."""
        return _interval(self, level=level, method=method, df=df)

    def contrast(self, coefficients: Mapping[Any, float]) -> Estimate:
        """Return the sum of coefficient × figure over the domains named; the estimates need vcov=True.

        Its degrees of freedom are the fewest of the domains', on the cautious side.
        """
        if self.vcov is None:
            raise BadInput("A contrast needs the covariances of the domains: estimate with vcov=True.")
        if not coefficients:
            raise BadInput("A contrast needs a domain.")
        at = np.array([self._place(label) for label in coefficients])
        by = np.array(list(coefficients.values()), dtype=np.float64)
        variance = float(by @ self.vcov[np.ix_(at, at)] @ by)
        return Estimate(
            value=float(by @ self.value[at]),
            se=float(np.sqrt(max(variance, 0.0))),
            df=int(self.df[at].min()),
            deff=float("nan"),
            n=int(self.n[at].sum()),
            vcov=np.array([[variance]]),
            kind="contrast",
            method=self.method,
        )

    def _place(self, label: Hashable) -> int:
        domains: tuple[Any, ...] = self.domains
        try:
            at = int(bisect_left(domains, label))
        except TypeError:
            at = self.value.size
        if at == self.value.size or domains[at] != label:
            raise BadInput(f"There is no domain {named([label])}.", items=[label])
        return at


def _count(counts: Counts, at: int) -> Counts:
    return Counts(*(int(np.atleast_1d(values)[at]) for values in (counts.k, counts.n, counts.N)))


def _interval(of: Estimate | DomainEstimates, *, level: float, method: Method, df: Any) -> Interval:
    if method not in get_args(Method):
        raise BadInput(f"The 'method' parameter must be one of {get_args(Method)}. Got {method!r}.")
    share = of.kind == "proportion"
    if method == "wilson" and not share:
        raise BadInput(f"The method 'wilson' is for proportions. The figure is a {of.kind}.")
    freedom = of.df if df is None else df
    if method == "t" or not share:
        return around(of.value, of.se, df=freedom, level=level)
    return design_wilson(of.value, of.se, df=freedom, n=of.n, level=level, capped=method == "auto")
