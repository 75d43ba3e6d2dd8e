"""What an estimator returns: a figure never stands without its error, degrees of freedom and rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, Ints
from sampling.errors import BadInput, named
from sampling.estimates.contrasts import Coefficients, Contrast, Formula, contrasted
from sampling.estimates.limiting import Counts, Inverted, Method, Reason, interval_of, withheld
from sampling.intervals.limits import Interval

METHOD = "linearised/1"
"""The estimator of the standard error and its version, carried by every figure."""


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
    inverted: Inverted | None = None

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
        return interval_of(self, level=level, method=method, df=df)

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
        return withheld(self, level=level)[0]

    def contrast(self, formula: Coefficients | Formula) -> Estimate:
        """Return a contrast of the columns, which are named 0, 1 …, as `DomainEstimates.contrast` does.

        >>> from sampling import SurveyDesign, mean
        >>> found = mean(SurveyDesign([1, 1, 1]), [[1, 2], [2, 2], [3, 5]])
        >>> found.contrast(lambda of: of[1] / of[0]).value
        1.5
        """
        if self.vcov is None:
            raise BadInput("A contrast needs the covariances of several columns: estimate with vcov=True.")
        values = np.atleast_1d(np.asarray(self.value, dtype=np.float64))
        made = contrasted(formula, labels=range(len(values)), values=values, vcov=self.vcov)
        whole = np.full(len(values), 1)
        return _contrast(made, df=whole * self.df, n=whole * self.n, method=self.method, parts=1)


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
    inverted: Inverted | None = None

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
            inverted=None if self.inverted is None else _limit(self.inverted, at),
        )

    def interval(self, level: float = 0.95, method: Method = "auto", *, df: Any = None) -> Interval:
        """Return the confidence intervals (D,), as `Estimate.interval` does; `df` is a number or (D,)."""
        return interval_of(self, level=level, method=method, df=df)

    def withhold(self, level: float = 0.95) -> tuple[tuple[Reason, ...], ...]:
        """Return for each domain why its figure should not stand alone, as `Estimate.withhold` does."""
        return withheld(self, level=level)

    def contrast(self, formula: Coefficients | Formula) -> Estimate:
        """Return the sum of coefficient × figure over the domains named; the estimates need vcov=True.

        Or what a function makes of the mapping domain → figure, by the delta method. Its degrees of freedom
        are the fewest of the domains', on the cautious side. Raises BadInput.
        Source: Särndal, Swensson and Wretman (1992), section 5.5; R's svycontrast.
        Formula (67) of method.md.

        >>> from sampling import SurveyDesign, mean
        >>> found = mean(SurveyDesign([1, 1, 1, 1]), [1, 3, 4, 8], by=["u", "u", "v", "v"], vcov=True)
        >>> found.contrast({"v": 1, "u": -1}).value
        4.0
        >>> found.contrast(lambda of: of["v"] / of["u"]).value
        3.0
        """
        if self.vcov is None:
            raise BadInput("A contrast needs the covariances of the domains: estimate with vcov=True.")
        made = contrasted(formula, labels=self.domains, values=self.value, vcov=self.vcov)
        return _contrast(made, df=self.df, n=self.n, method=self.method)

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


def _limit(of: Inverted, at: int) -> Inverted:
    return Inverted(of.level, *(float(np.atleast_1d(one)[at]) for one in (of.low, of.high)))


def _contrast(made: Contrast, *, df: Ints, n: Ints, method: str, parts: int | None = None) -> Estimate:
    return Estimate(
        value=made.value,
        se=float(np.sqrt(made.variance)),
        df=int(df[made.used].min()),
        deff=float("nan"),
        n=int(n[made.used][:parts].sum()),
        vcov=np.array([[made.variance]]),
        kind="contrast",
        method=method,
    )
