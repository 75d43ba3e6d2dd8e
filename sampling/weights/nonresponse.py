"""Weights before calibration: base weights, adjustment for who didn't answer, trimming.

The order is base, unknown eligibility, nonresponse, calibration, trimming, calibration again; each step adds
a record to the design. Where it isn't known of everybody whether they belong to the population,
`weighting_class` serves twice: first with `responded` for "known", then for those who answered. After an
adjustment for nonresponse the design holds the respondents only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, Ints, added, flags, frozen, numbers, refuse
from sampling.designs.design import SurveyDesign
from sampling.designs.labels import Labels, coded
from sampling.designs.steps import step
from sampling.errors import BadInput, EmptyCell, Infeasible, named

PRIOR = 50.0
"""How many issued units the city's rate counts for in a grid type's own."""

TRIMMINGS = 200
"""How often what was cut is spread again before the limits count as out of reach."""


def base_weights(frame: Any, sampled: Any, *, adults: Any = None, cap: float = 4) -> Floats:
    """Return N_h/n_h · min(A, cap) for each row (n,): how many people, or households, it stands for.

    `frame` N_h and `sampled` n_h are units of the row's stratum, (n,) or one number; `adults` A is how many
    live in the household, None where a household is one voice. Raises BadInput.
    Source: Horvitz and Thompson (1952), JASA 47; one adult of A is drawn with the chance 1/A.
    Formula (1) of method.md.

    >>> base_weights(300, 5, adults=[1, 2, 6]).tolist()
    [60.0, 120.0, 240.0]
    """
    voices = np.ones(1) if adults is None else numbers(adults, name="adults")
    if not (voices >= 1).all() or not np.isfinite(voices).all():
        raise BadInput("The 'adults' parameter must be at least 1.")
    if not cap >= 1:
        raise BadInput(f"The 'cap' parameter must be at least 1. Got {cap!r}.")
    many, few = numbers(frame, name="frame"), numbers(sampled, name="sampled")
    if not (few >= 1).all() or not (many >= few).all() or not np.isfinite(many).all():
        raise BadInput("The 'sampled' parameter must be at least 1 and at most the frame.")
    return frozen(np.atleast_1d(many / few) * np.minimum(voices, cap))


def kish_deff(weights: Any) -> float:
    """Return n Σw²/(Σw)² = 1 + CV²(w): by how much unequal weights alone inflate a variance.

    `weights` (n,) ≥ 0; rows of weight 0 don't count. Raises BadInput. Source: Kish (1965), Survey Sampling,
    section 11.7; Kish (1992), Journal of Official Statistics 8(2).
    Formula (2) of method.md.

    >>> kish_deff([1, 1, 2])
    1.125
    """
    w = SurveyDesign(weights).weights
    return float(np.count_nonzero(w) * (w @ w) / w.sum() ** 2)


def weighting_class(
    design: SurveyDesign,
    classes: Any,
    responded: Any,
    *,
    eligible: Any = None,
    minimum: int = 20,
    ceiling: float = 3.0,
) -> SurveyDesign:
    """Return the design of the respondents, who stand for those of their class who didn't answer.

    Parameters
    ----------
    classes : labels (n,), a tuple of label arrays for their crossing, or an array (n, levels) of nested
        labels with the finest first.
    responded : yes or no (n,).
    eligible : yes or no (n,), all if not given; those who aren't leave the sample.
    minimum, ceiling : a class with fewer respondents, or whose factor is larger, is merged with its siblings
        in the next column of `classes`.

    A respondent's weight is multiplied by f_c = Σ w of the eligible over Σ w of the respondents. Pass
    `y[design.rows]` to estimators. Raises EmptyCell where a class fails and no column is left; BadInput.
    Source: Oh and Scheuren (1983); Särndal, Swensson and Wretman (1992), chapter 15.
    Formula (2a) of method.md.

    >>> design = SurveyDesign([10, 10, 10, 10, 10])
    >>> left = weighting_class(design, list("aaabb"), [1, 1, 0, 1, 1], minimum=2)
    >>> left.weights.tolist(), left.rows.tolist()
    ([15.0, 15.0, 10.0, 10.0], [0, 1, 3, 4])
    """
    _refuse_late(design, by="weighting_class")
    answered, asked = _status(responded, eligible, n=design.n)
    if not (minimum >= 1 and ceiling >= 1):
        raise BadInput(f"The 'minimum' and 'ceiling' parameters must be 1 or more. Got {minimum}, {ceiling}.")
    levels = _nested(classes, n=design.n)
    counted = asked & (design.weights > 0)
    codes = _merged(levels, design.weights, counted, answered, minimum=minimum, ceiling=ceiling)
    factor = class_factors(codes, design.weights, asked=counted, answered=answered)
    return respondents(design, answered, factor[answered], inputs=(codes, answered, asked))


def class_factors(codes: Ints, weights: Floats, *, asked: Bools, answered: Bools) -> Floats:
    """Return Σ w of the asked over Σ w of those who answered in each row's class (n,); 1 where none did."""
    size = int(codes.max()) + 1
    every = added(codes, weights * asked, size=size)
    some = added(codes, weights * (asked & answered), size=size)
    return np.divide(every, some, out=np.ones(size), where=some > 0)[codes]


def respondents(
    design: SurveyDesign, answered: Bools, factor: Floats, *, inputs: tuple[Any, ...], method: str = "class/1"
) -> SurveyDesign:
    """Return the design of the rows (n,) that answered, their weights multiplied by `factor` (r,)."""
    rows = np.flatnonzero(answered)
    old = design.weights[rows]
    made = step(design.calibrations, method=method, old=old, new=old * factor, inputs=inputs)
    return design.answered(rows, old * factor, by=made)


def trim(
    design: SurveyDesign, *, low: float | None = None, high: float | None = None, strict: bool = True
) -> SurveyDesign:
    """Return the design with weights within [low, high] and the same sum.

    What was cut is spread equally over the weights inside; `strict` repeats that until none is outside. Rows
    of weight 0 take no part. Calibrate again afterwards. Raises Infeasible where that never ends;
    BadInput. Source: Potter (1990), Proceedings of the Survey Research Methods Section, ASA; R's trimWeights.
    Formula (2d) of method.md.

    >>> trim(SurveyDesign([1, 2, 3, 10]), high=6).weights.round(6).tolist()
    [2.333333, 3.333333, 4.333333, 6.0]
    """
    if design.inside is not None:
        raise BadInput("The 'design' parameter of trim must be a whole sample. Take subsets of its result.")
    bottom, top = _limits(low, high)
    here = design.weights != 0
    new = design.weights.copy()
    new[here] = _trimmed(new[here], bottom, top, strict=strict)
    limits = np.array([bottom, top])
    made = step(design.calibrations, method="trim/1", old=design.weights, new=new, inputs=(limits,))
    return design.weighted(new, by=made)


def _limits(low: float | None, high: float | None) -> tuple[float, float]:
    bottom, top = -math.inf if low is None else low, math.inf if high is None else high
    if not bottom <= top or top <= 0:
        raise BadInput(f"The 'low' parameter must be at most 'high', and that positive. Got {low}, {high}.")
    return bottom, top


def _trimmed(weights: Floats, low: float, high: float, *, strict: bool) -> Floats:
    whole = float(weights.sum())
    for _ in range(TRIMMINGS):
        outside = (weights < low) | (weights > high)
        if not outside.any():
            return weights
        if outside.all():
            break
        cut = np.clip(weights, low, high)
        weights = np.where(outside, cut, weights + (whole - cut.sum()) / np.count_nonzero(~outside))
        if not strict:
            return weights
    text = f"trim refused: the weights can't lie in [{low:g}, {high:g}] while their sum is kept"
    raise Infeasible(f"{text} and what is cut is spread equally. Widen the limits.", items=[low, high])


@dataclass(frozen=True, slots=True, eq=False)
class PooledResponse:
    """Response rates of classes (C,), of classes within types (C, T), and the factors 1/rate (C, T).

    A factor is 0 where the rate is 0: no respondent is there to bear it.
    """

    by_class: Floats
    rate: Floats
    factor: Floats


def pooled_response(issued: Any, completed: Any, *, prior: float = PRIOR) -> PooledResponse:
    """Return response rates of classes within types, drawn towards those of the class in the whole city.

    `issued` and `completed` are counts of units (C, T): eligible units asked, and completes. With
    r_c = R_c/max(1, I_c), r_ct = (R_ct + K r_c)/(I_ct + K), K being `prior`: a type's own rate counts by its
    units, the city's for K of them. A weight is d/r_ct. The rule is this project's own. Raises BadInput.
    Formula (2b) of method.md.

    >>> pooled_response([[120, 300]], [[24, 96]]).rate.round(4).tolist()
    [[0.2252, 0.3151]]
    """
    asked, done = numbers(issued, name="issued"), numbers(completed, name="completed")
    if asked.ndim != 2 or asked.shape != done.shape:
        raise BadInput(f"The 'completed' parameter must have issued's shape (C, T). Got {done.shape}.")
    if not ((done >= 0) & (done <= asked) & np.isfinite(asked)).all():
        raise BadInput("The 'completed' parameter must be between 0 and the units issued.")
    if not 0 < prior < math.inf:
        raise BadInput(f"The 'prior' parameter must be positive. Got {prior!r}.")
    whole = done.sum(axis=1) / np.maximum(1, asked.sum(axis=1))
    rate = (done + prior * whole[:, None]) / (asked + prior)
    factor = np.divide(1.0, rate, out=np.zeros_like(rate), where=rate > 0)
    return PooledResponse(frozen(whole), frozen(rate), frozen(factor))


def _refuse_late(design: SurveyDesign, *, by: str) -> None:
    if design.inside is not None:
        raise BadInput(f"The 'design' parameter of {by} must be a whole sample. Take subsets of its result.")
    if design.projections:
        raise BadInput(f"The 'design' parameter of {by} must not be calibrated yet: calibrate its result.")


def _status(responded: Any, eligible: Any, *, n: int) -> tuple[Bools, Bools]:
    answered = flags(responded, n=n, name="responded")
    asked = np.ones(n, dtype=bool) if eligible is None else flags(eligible, n=n, name="eligible")
    refuse(answered & ~asked, name="eligible", must="be true where 'responded' is")
    if not answered.any():
        raise BadInput("The 'responded' parameter must be true in a row.")
    return answered, asked


def _nested(classes: Any, *, n: int) -> list[Labels]:
    """The columns of classes, each of which must split the next one."""
    columns = list(np.asarray(classes).T) if getattr(classes, "ndim", 1) == 2 else [classes]
    levels = [coded(one, n=n, name="classes") for one in columns]
    for fine, coarse in pairwise(levels):
        outer = np.zeros(len(fine.levels), dtype=np.int64)
        outer[fine.codes] = coarse.codes
        split = np.unique(fine.codes[outer[fine.codes] != coarse.codes]).tolist()
        if split:
            found = [fine.levels[place] for place in split]
            text = f"The 'classes' parameter must be nested. See {named(found)}, which lies in two classes."
            raise BadInput(text, items=found)
    return levels


def _merged(
    levels: list[Labels], weights: Floats, asked: Bools, answered: Bools, *, minimum: int, ceiling: float
) -> Ints:
    """One code per row (n,): its class, merged with its siblings as often as it had to be."""
    first = np.cumsum([0, *(len(level.levels) for level in levels)])
    codes = levels[0].codes.copy()
    for place, level in enumerate(levels):
        bad = _failing(codes, weights, asked, answered, minimum=minimum, ceiling=ceiling)
        if bad.any() and place + 1 == len(levels):
            found = [level.levels[code] for code in np.unique(level.codes[bad]).tolist()]
            text = f"weighting_class refused: under {minimum} answered, or the factor is over {ceiling:g},"
            raise EmptyCell(f"{text} in the class {named(found)}, and no wider class is left.", items=found)
        outer = levels[min(place + 1, len(levels) - 1)].codes
        moved = np.isin(outer, outer[bad])
        codes[moved] = first[place + 1] + outer[moved]
    return codes


def _failing(
    codes: Ints, weights: Floats, asked: Bools, answered: Bools, *, minimum: int, ceiling: float
) -> Bools:
    size = int(codes.max()) + 1
    some = added(codes, weights * (asked & answered), size=size)
    every = added(codes, weights * asked, size=size)
    few = np.bincount(codes[asked & answered], minlength=size) < minimum
    bad: Bools = (few | (every > ceiling * some)) & (every > 0)
    return bad[codes] & asked
