"""What an estimator returns: a figure never stands without its error, degrees of freedom and rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

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

METHOD = "linearised/1"
"""The estimator of the standard error and its version, carried by every figure."""

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
class Estimate:
    """One figure, or one per column of y (k,).

    `se` is its standard error, `df` the degrees of freedom of the domain, `deff` the variance over that of a
    simple random sample of as many rows, `n` the rows with weight, `vcov` the covariance (k, k) if asked for,
    `fraction` how much of its population the domain's rows are, 0 where that isn't known. `se` is NaN where
    a lonely stratum leaves no variance.
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
    fraction: float = 0.0

    def interval(self, level: float = 0.95, method: Method = "auto", *, df: float | None = None) -> Interval:
        """Return the confidence interval at `df` degrees of freedom, those of the domain if not given.

        "t": value ± t·se. All others are for proportions, at the effective size p(1 - p)/se², which is n, the
        rows with weight, where p is 0 or 1 or se is 0:

        - "wilson": Wilson's score interval with t for z; "wilson_capped": at a size of at most
          n/(1 - f), f being `fraction`;
        - "logit": expit(logit p ± t·se/(p(1 - p))), and Korn and Graubard's at p = 0 and 1;
        - "asin": sin²(asin √p ± t·se/(2√(p(1 - p))));
        - "likelihood": the shares q with 2·size·D(p‖q) ≤ t²n/(n - 1);
        - "beta": Clopper and Pearson's at size·(t at n - 1 over t at df)²;
        - "korn_graubard": the same at n at most, see `intervals.korn_graubard`;
        - "hypergeometric": exact, where `counts` are there, see `intervals.hypergeometric`.

        "auto" is t, but for a proportion Korn and Graubard's where it is 0 or 1 or se is 0; else, where
        `counts` are there and below 30, the hypergeometric one; else Wilson's at an effective size of at most
        n/(1 - f). Without degrees of freedom t is infinite, and where se is NaN too: its intervals exclude
        nothing. Raises BadInput for a
        method that the figure has not.
        Formulas (20) to (24) of method.md.

        >>> found = Estimate(value=0.62, se=0.034, df=199, deff=1.0, n=200, kind="proportion")
        >>> round(found.interval().low, 4), round(found.interval(method="logit").low, 4)
        (0.5506, 0.5511)
        """
        return _interval(self, level=level, method=method, df=df)

    def withhold(self, level: float = 0.95) -> tuple[Reason, ...]:
        """Return why the proportion should not be shown alone: nothing if it may be.

        "size": the effective size of Korn and Graubard's interval is below 30; "width": that interval is .30
        wide or more; "relative_width": it is between .05 and .30 wide, and wider than 130 % of the
        proportion; "df", a flag to look closer: fewer than 8 degrees of freedom. Parker et al. (2017),
        National Center for Health Statistics, Vital and Health Statistics 2(175). Raises BadInput for other
        figures and for several columns.
        Formula (29) of method.md.

        >>> Estimate(value=0.6, se=0.2, df=4, deff=1.0, n=5, kind="proportion").withhold()
        ('size', 'width', 'df')
        """
        if np.ndim(self.value):
            raise BadInput("The figures of several columns are withheld one by one: estimate each alone.")
        return _withheld(self, level=level)[0]


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
    fraction: Floats | float = 0.0

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
            fraction=float(np.broadcast_to(self.fraction, self.value.shape)[at]),
        )

    def interval(self, level: float = 0.95, method: Method = "auto", *, df: Any = None) -> Interval:
        """Return the confidence intervals (D,), as `Estimate.interval` does; `df` is a number or (D,)."""
        return _interval(self, level=level, method=method, df=df)

    def withhold(self, level: float = 0.95) -> tuple[tuple[Reason, ...], ...]:
        """Return for each domain why its figure should not stand alone, as `Estimate.withhold` does."""
        return _withheld(self, level=level)

    def contrast(self, coefficients: Mapping[Any, float]) -> Estimate:
        """Return the sum of coefficient × figure over the domains named; the estimates need vcov=True.

        Its degrees of freedom are the fewest of the domains', on the cautious side. Raises BadInput.

        >>> from sampling import SurveyDesign, mean
        >>> found = mean(SurveyDesign([1, 1, 1, 1]), [1, 3, 4, 8], by=["u", "u", "v", "v"], vcov=True)
        >>> found.contrast({"v": 1, "u": -1}).value
        4.0
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
    proportion = of.kind == "proportion"
    if method not in {"auto", "t"} and not proportion:
        raise BadInput(f"The method {method!r} is for proportions. The figure is a {of.kind}.")
    freedom = of.df if df is None else df
    if method == "t" or not proportion:
        return around(of.value, of.se, df=freedom, level=level)
    if method == "hypergeometric":
        return _exact(of, level=level)
    share = share_of(of.value, of.se, n=of.n, df=freedom, level=level, fraction=of.fraction)
    return interval(*(_auto(of, share) if method == "auto" else BY_NAME[method](share)))


def _auto(of: Estimate | DomainEstimates, share: Share) -> Limits:
    flat = share.edge | (np.asarray(of.se) == 0)
    low, high = wilson_capped(share)
    if flat.any():
        low[flat], high[flat] = korn_graubard_limits(share.part(flat))
    few = ~flat & _small(of)
    if few.any():
        exact = hypergeometric(*(values[few] for values in _counts(of)), level=share.level)
        low[few], high[few] = exact.low, exact.high
    return low, high


def _counts(of: Estimate | DomainEstimates) -> tuple[Ints, Ints, Ints]:
    """k, n and N in the shape of the figures; 0 where there are none."""
    nought = np.zeros(np.shape(of.value), dtype=np.int64)
    if of.counts is None:
        return nought, nought, nought
    return np.asarray(of.counts.k), np.asarray(of.counts.n), np.asarray(of.counts.N)


def _small(of: Estimate | DomainEstimates) -> Bools:
    n = _counts(of)[1]
    return (n > 0) & (n < SMALL)


def _exact(of: Estimate | DomainEstimates, *, level: float) -> Interval:
    k, n, N = _counts(of)
    if (n == 0).any():
        labels = of.domains if isinstance(of, DomainEstimates) else ("all",)
        bad = [labels[at] for at in np.flatnonzero(n == 0)]
        text = "The method 'hypergeometric' needs a domain drawn evenly from one stratum of known size."
        raise BadInput(f"{text} See {named(bad)}.", items=bad)
    return hypergeometric(k, n, N, level=level)


def _withheld(of: Estimate | DomainEstimates, *, level: float) -> tuple[tuple[Reason, ...], ...]:
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
