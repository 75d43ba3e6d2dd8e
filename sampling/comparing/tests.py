"""Tests that know how the sample was drawn: of two groups' means and ranks, and of tables."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from sampling.comparing.independence import Test, chisquare
from sampling.designs.arrays import Floats
from sampling.designs.columns import columns
from sampling.designs.design import SurveyDesign
from sampling.designs.labels import Labels, coded
from sampling.designs.layout import layout
from sampling.errors import BadInput, TooFew, named
from sampling.estimates.estimate import Estimate
from sampling.estimates.estimators import mean
from sampling.estimates.regression import regression

__all__ = ["Test", "chisquare", "ranks", "ttest"]

Score = Literal["wilcoxon", "vanderWaerden", "median"]


def ttest(design: SurveyDesign, y: Any, *, group: Any = None) -> Test:
    """Return the t test that the mean of `y` (n,) is 0, or that it is the same in two groups.

    `group` (n,) has two labels in the design's subset; the estimate is the mean of the second less that of
    the first, in the unit of y, as a linear regression finds it. The statistic is estimate/se at
    design.df - 1. R's svyttest. Raises BadInput for another number of groups, TooFew without degrees of
    freedom; Collinear, LonelyStratum.
    Source: Korn and Graubard (1999), Analysis of Health Surveys, chapter 3.
    Formula (69) of method.md.

    >>> found = ttest(SurveyDesign([1] * 6), [1, 2, 3, 2, 4, 5], group=["a", "a", "a", "b", "b", "b"])
    >>> round(found.estimate.value, 6), found.df, round(found.p_value, 3)
    (1.666667, 4, 0.152)
    """
    if group is None:
        return _tested(design, mean(design, y), name="ttest")
    return _compared(design, np.asarray(y), _two(design, group), name="ttest")


def ranks(design: SurveyDesign, y: Any, *, group: Any, score: Score = "wilcoxon") -> Test:
    """Return the rank test that `y` (n,) is as large in one of two groups as in the other.

    A row's rank r is the weight of the rows below it and half of its own, equal values sharing their mean;
    its score is r/N ("wilcoxon"), the normal quantile of r/N ("vanderWaerden"), or whether r > N/2
    ("median"), N = Σw. The test is then `ttest` of the scores. Among equal values of unequal weight the
    shared rank knows the order of rows, as R's svyranktest, which this is. Raises as `ttest`.
    Source: Lumley and Scott (2013), Biometrika 100: 831-842.
    Formula (70) of method.md.

    >>> found = ranks(SurveyDesign([1] * 6), [1, 2, 3, 2, 4, 5], group=["a", "a", "a", "b", "b", "b"])
    >>> round(found.estimate.value, 6)
    0.333333
    """
    if score not in get_args(Score):
        raise BadInput(f"The 'score' parameter must be one of {get_args(Score)}. Got {score!r}.")
    values = columns(design, y, over=None, missing="refuse", single=True).y[:, 0]
    groups, at = _two(design, group), layout(design)
    scores = np.zeros(design.n)
    scores[slice(None) if at.rows is None else at.rows] = _scores(
        _shares(at.take(values), at.take(design.weights)), score=score
    )
    return _compared(design, scores, groups, name="ranks")


def _two(design: SurveyDesign, group: Any) -> Labels:
    """The groups, of which the rows with weight must show two."""
    found = coded(group, n=design.n, name="group")
    present = [found.levels[code] for code in np.unique(layout(design).take(found.codes)).tolist()]
    if len(present) != 2:
        raise BadInput(f"The 'group' parameter must have two labels. Got {named(present)}.", items=present)
    return Labels((found.codes == found.levels.index(present[1])).astype(np.int64), tuple(present))


def _compared(design: SurveyDesign, y: Any, groups: Labels, *, name: str) -> Test:
    fitted = regression(design, y, np.column_stack([np.ones(design.n), groups.codes]))
    difference = Estimate(
        value=float(fitted.coef[1]),
        se=float(fitted.se[1]),
        df=design.df,
        deff=float("nan"),
        n=int(layout(design).n[0]),
        kind="contrast",
    )
    return _tested(design, difference, name=name)


def _tested(design: SurveyDesign, found: Estimate, *, name: str) -> Test:
    from scipy.special import stdtr  # noqa: PLC0415 - numpy alone at import

    df = design.df - 1
    if df < 1:
        raise TooFew(f"{name} refused: the design has {design.df} degrees of freedom, and 2 are needed.")
    value, se = float(found.value), float(found.se)
    if not se > 0:
        raise TooFew(f"{name} refused: nothing in the sample varies, or no stratum tells by how much.")
    statistic = value / se
    return Test(statistic, df, float(2 * stdtr(df, -abs(statistic))), found)


def _shares(y: Floats, w: Floats) -> Floats:
    """Mid-ranks over N (m,): the weight below and half of a row's own, shared by equal values."""
    order = np.argsort(y, kind="stable")
    middle = np.cumsum(w[order]) - w[order] / 2
    _, tied = np.unique(y[order], return_inverse=True)
    out = np.empty(len(y))
    out[order] = (np.bincount(tied, middle) / np.bincount(tied))[tied]
    return out / float(w.sum())


def _scores(share: Floats, *, score: Score) -> Floats:
    from scipy.special import ndtri  # noqa: PLC0415 - numpy alone at import

    if score == "wilcoxon":
        return share
    out: Floats = ndtri(share) if score == "vanderWaerden" else (share > 0.5).astype(np.float64)
    return out
