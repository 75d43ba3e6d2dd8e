"""Quantiles of a population and of its domains, with limits from the share that lies below them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, get_args, overload

import numpy as np

from sampling.designs.arrays import Floats, Ints, frozen, numbers
from sampling.designs.columns import columns
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import Layout, layout
from sampling.errors import BadInput
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.estimates.estimators import mean
from sampling.estimates.limiting import Inverted
from sampling.intervals.limits import t_quantile

Rule = Literal["math", "school", "hf7", "hf8"]

EQUAL = 1e-12
"""Cumulated weights count as equal to this share of their sum."""


@overload
def quantile(
    design: SurveyDesign, y: Any, *, q: Any = 0.5, by: None = None, rule: Rule = "math", level: float = 0.95
) -> Estimate: ...
@overload
def quantile(
    design: SurveyDesign, y: Any, *, q: float = 0.5, by: Any, rule: Rule = "math", level: float = 0.95
) -> DomainEstimates: ...
def quantile(
    design: SurveyDesign, y: Any, *, q: Any = 0.5, by: Any = None, rule: Rule = "math", level: float = 0.95
) -> Estimate | DomainEstimates:
    """Return the value of `y` (n,), in its unit, below which the share `q` of the population lies.

    Parameters
    ----------
    q : a share from 0 to 1; or several (k,), without `by`.
    by : labels (n,), or a tuple of label arrays for their crossing. Domains come sorted.
    rule : "math" is the least value whose cumulated weight exceeds q, the lower one at equality; "school"
        the mean of both at equality; "hf7" and "hf8" lie between two values (Hyndman and Fan 1996), and
        where rows of one value differ in weight they know the order of these rows, as R's do.
    level : of the interval, which `.interval(level)` gives back; it has no other.

    The interval has the share below the quantile as it is estimated, F ± t·se(F), taken back to values by the
    same rule; infinite where that leaves [0, 1]. `se` is its width over 2t, NaN where it is infinite; there
    is no design effect. R's svyquantile with interval.type="mean", which leaves `df` to the whole design.
    Raises BadInput, EmptyDomain, LonelyStratum.
    Source: Woodruff (1952), JASA 47: 635-646; Francisco and Fuller (1991), Annals of Statistics 19: 454-469.
    Formula (68) of method.md.

    >>> quantile(SurveyDesign([10, 10, 30, 30]), [1, 3, 4, 8], q=[0.25, 0.5]).value.tolist()
    [3.0, 4.0]
    """
    if rule not in get_args(Rule):
        raise BadInput(f"The 'rule' parameter must be one of {get_args(Rule)}. Got {rule!r}.")
    wanted = numbers(q, name="q")
    if wanted.ndim > (by is None) or not wanted.size or not ((wanted >= 0) & (wanted <= 1)).all():
        raise BadInput(f"The 'q' parameter must be shares from 0 to 1, one of them with 'by'. Got {q!r}.")
    values = columns(design, y, over=None, missing="refuse", single=True).y[:, 0]
    at = layout(design, by=by)
    curves = _curves(at, at.take(values), at.take(design.weights), rule=rule)
    found = [_estimated(design, values, at, curves, float(one), by=by, level=level) for one in wanted.flat]
    if by is not None:
        return found[0]
    return _joined(found, flat=wanted.ndim == 0)


Curve = Callable[[float], float]
"""From the share below to the value."""


def _curves(at: Layout, x: Floats, w: Floats, *, rule: Rule) -> list[Curve]:
    """The inverse distribution function of each domain."""
    order = np.lexsort((x, at.domain))
    ends = np.cumsum(np.bincount(at.domain, minlength=at.size))[:-1]
    parts = zip(np.split(x[order], ends), np.split(w[order], ends), strict=True)
    return [_curve(each, weight, rule=rule) for each, weight in parts]


def _curve(x: Floats, w: Floats, *, rule: Rule) -> Curve:
    cumulated = np.cumsum(w)
    whole = float(cumulated[-1])
    if rule in ("math", "school"):
        return lambda share: _stepped(x, cumulated / whole, share, middle=rule == "school")
    before = np.concatenate([[0.0], cumulated[:-1]])
    knots = before / before[-1] if rule == "hf7" and len(x) > 1 else before
    if rule == "hf8":
        knots = (before / 3 + cumulated * 2 / 3) / (whole + float(w[-1]) / 3)
    return lambda share: float(np.interp(share, knots, x))


def _stepped(x: Floats, below: Floats, share: float, *, middle: bool) -> float:
    first = min(int(np.searchsorted(below, share - EQUAL)), len(x) - 1)
    beyond = min(int(np.searchsorted(below, share + EQUAL)), len(x) - 1)
    return float((x[first] + x[beyond]) / 2 if middle else x[first])


def _estimated(
    design: SurveyDesign, y: Floats, at: Layout, curves: list[Curve], q: float, *, by: Any, level: float
) -> DomainEstimates:
    value = np.array([curve(q) for curve in curves])
    limit = np.zeros(design.n)
    limit[slice(None) if at.rows is None else at.rows] = value[at.domain]
    share = mean(design, y <= limit, by=np.zeros(design.n, dtype=np.int64) if by is None else by)
    around = share.interval(level, "t")
    low = _inverted(curves, np.asarray(around.low), value, outside=-np.inf)
    high = _inverted(curves, np.asarray(around.high), value, outside=np.inf)
    with np.errstate(invalid="ignore"):
        width = (high - low) / (2 * t_quantile(share.df, level=level))
    return DomainEstimates(
        value=frozen(value),
        se=frozen(np.where(np.isfinite(high - low), width, np.nan)),
        df=share.df,
        deff=frozen(np.full(at.size, np.nan)),
        n=share.n,
        domains=at.levels,
        kind="quantile",
        method="woodruff/1",
        inverted=Inverted(level, frozen(low), frozen(high)),
    )


def _inverted(curves: list[Curve], shares: Floats, value: Floats, *, outside: float) -> Floats:
    """The values at the shares, never on the other side of the quantile; infinite where a share is none."""
    told = (shares >= -EQUAL) & (shares <= 1 + EQUAL)
    found = [
        curve(float(share)) if inside else outside
        for curve, share, inside in zip(curves, shares, told, strict=True)
    ]
    return np.minimum(found, value) if outside < 0 else np.maximum(found, value)


def _joined(found: list[DomainEstimates], *, flat: bool) -> Estimate:
    if flat:
        return found[0][found[0].domains[0]]
    first = found[0]
    low, high = (
        np.array([float(getattr(one.inverted, side)[0]) for one in found]) for side in ("low", "high")
    )
    freedom: Ints = first.df
    return Estimate(
        value=frozen(np.array([float(one.value[0]) for one in found])),
        se=frozen(np.array([float(one.se[0]) for one in found])),
        df=int(freedom[0]),
        deff=frozen(np.full(len(found), np.nan)),
        n=int(first.n[0]),
        kind="quantile",
        method=first.method,
        inverted=Inverted(first.inverted.level if first.inverted else 0.0, frozen(low), frozen(high)),
    )
