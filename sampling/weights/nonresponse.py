"""Adjustment for who didn't answer: by classes of the sample, or by rates pooled over the city."""

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
from sampling.errors import BadInput, EmptyCell, named

PRIOR = 50.0
"""How many issued units the city's rate counts for in a grid type's own."""


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
