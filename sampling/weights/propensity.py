"""Response propensities: a weighted logit of who answered on what the frame knows of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, Ints, flags, frozen
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import layout
from sampling.designs.regressors import basis, regressors
from sampling.errors import BadInput, EmptyCell, named
from sampling.estimates.linearisation import covariance
from sampling.estimates.lonely import rules
from sampling.estimates.regression import chances, logit, score_columns
from sampling.weights.nonresponse import class_factors, respondents


@dataclass(frozen=True, slots=True, eq=False)
class Propensity:
    """The model's coefficients `coef` (p,) with standard errors `se` (p,) at `df`, chances `fitted` (n,).

    `design` holds the respondents (r,); `factor` (r,) is what their weights were multiplied by.
    """

    coef: Floats
    se: Floats
    df: int
    fitted: Floats
    factor: Floats
    design: SurveyDesign


def response_propensity(
    design: SurveyDesign, x: Any, responded: Any, *, groups: int | None = 5
) -> Propensity:
    """Return the chances to answer, and the design of the respondents adjusted by them.

    Parameters
    ----------
    x : numbers (n, p) known of everybody in the sample, with a column of ones for the intercept; never what
        the fieldwork did, such as attempts.
    responded : yes or no (n,).
    groups : how many groups of equal weighted size the fitted chances ρ̂ form, within each of which the factor
        is Σw of all over Σw of the respondents; None for 1/ρ̂ row by row.

    Standard errors are linearised, u = w(y - μ) A x with A = (Σ w μ(1 - μ) x x')⁻¹, df = design.df + 1 - p.
    Pass `y[design.rows]` to estimators. Raises Collinear; NotConverged where columns separate those who
    answered from those who didn't; EmptyCell for a group without respondents; BadInput, LonelyStratum.
    Source: Rosenbaum and Rubin (1983), Biometrika 70; Little (1986), International Statistical Review 54;
    standard errors Binder (1983), International Statistical Review 51.
    Formula (2c) of method.md.

    >>> design = SurveyDesign([10] * 6)
    >>> x = [[1, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1]]
    >>> found = response_propensity(design, x, [1, 1, 0, 1, 0, 0], groups=None)
    >>> found.fitted.round(4).tolist()
    [0.6667, 0.6667, 0.6667, 0.3333, 0.3333, 0.3333]
    """
    if design.inside is not None or design.projections:
        raise BadInput("The 'design' parameter of response_propensity must be whole and not calibrated yet.")
    if groups is not None and not groups >= 1:
        raise BadInput(f"The 'groups' parameter must be None or at least 1. Got {groups!r}.")
    columns, answered = regressors(x, n=design.n), flags(responded, n=design.n, name="responded")
    free = basis(columns, design.weights, by="response_propensity")
    scores = columns @ free
    at = logit(scores, design.weights, answered, by="response_propensity")
    fitted = chances(scores @ at)
    factor = _factors(design, fitted, answered, groups=groups)
    kept = respondents(design, answered, factor, inputs=(columns, answered), method="propensity/1")
    return Propensity(
        coef=frozen(free @ at),
        se=frozen(_errors(design, scores, free, answered - fitted, fitted)),
        df=design.df + 1 - columns.shape[1],
        fitted=frozen(fitted),
        factor=frozen(factor),
        design=kept,
    )


def _errors(design: SurveyDesign, scores: Floats, free: Floats, apart: Floats, fitted: Floats) -> Floats:
    weights, v = design.weights, fitted * (1 - fitted)
    u = score_columns(scores, free, w=weights, apart=apart, spread=v)
    at = layout(design)
    found = rules(at, lonely=design.lonely, lonely_domains=False)
    errors: Floats = np.sqrt(np.diagonal(covariance(at, at.take(u), by=found)))
    return errors


def _factors(design: SurveyDesign, fitted: Floats, answered: Bools, *, groups: int | None) -> Floats:
    if groups is None:
        return 1 / fitted[answered]
    codes = _grouped(fitted, design.weights, groups=groups)
    present = design.weights > 0
    some = np.bincount(codes[answered & present], minlength=groups)
    empty = np.flatnonzero((np.bincount(codes[present], minlength=groups) > 0) & (some == 0)).tolist()
    if empty:
        text = f"response_propensity refused: nobody answered in the group {named(empty)}. Ask for fewer."
        raise EmptyCell(text, items=empty)
    return class_factors(codes, design.weights, asked=present, answered=answered)[answered]


def _grouped(fitted: Floats, weights: Floats, *, groups: int) -> Ints:
    """Groups (n,) of nearly equal weight in the order of the chances; equal chances share a group."""
    _, codes = np.unique(np.round(fitted, 12), return_inverse=True)
    held = np.bincount(codes, weights)
    middle = (np.cumsum(held) - held / 2) / held.sum()
    group: Ints = np.minimum((groups * middle).astype(np.int64), groups - 1)
    return group[codes]
