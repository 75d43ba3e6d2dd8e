"""Regressions whose errors know how the sample was drawn: linear ones, and logits of yes and no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.designs.arrays import Floats, frozen, refuse
from sampling.designs.columns import columns
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import layout
from sampling.designs.regressors import basis, regressors
from sampling.errors import BadInput, NotConverged
from sampling.estimates.estimate import METHOD
from sampling.estimates.linearisation import covariance
from sampling.estimates.lonely import rules

Family = Literal["gaussian", "binomial"]

STEPS = 100
STEEP = 30.0
"""Past this log-odds a fitted chance is 0 or 1 for all that can be told."""


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Coefficients `coef` (p,) with errors `se` (p,) and covariance `vcov` (p, p) at `df`.

    `fitted` (n,) is what each row is expected to answer, rows outside a subset too. `method` is the
    estimator of the errors and its version.
    """

    coef: Floats
    se: Floats
    vcov: Floats
    df: int
    fitted: Floats
    method: str = METHOD


def regression(design: SurveyDesign, y: Any, x: Any, *, family: Family = "gaussian") -> Regression:
    """Return the weighted regression of `y` (n,) on columns `x` (n, p), one of them ones for an intercept.

    "gaussian": μ = x'b, coefficients in units of y per unit of x; "binomial": y is 0 or 1 and
    μ = 1/(1 + exp(-x'b)), coefficients are log-odds. They solve Σ w x (y - μ) = 0, and their scores are
    u = w(y - μ) A x with A = (Σ w v x x')⁻¹, v = 1 or μ(1 - μ); df = design.df + 1 - p. R's svyglm.
    Raises Collinear; NotConverged where columns separate yes from no; BadInput, LonelyStratum.
    Source: Binder (1983), International Statistical Review 51: 279-292.
    Formula (66) of method.md.

    >>> design = SurveyDesign([10, 10, 10, 10])
    >>> regression(design, [1, 2, 3, 4.5], [[1, 0], [1, 0], [1, 1], [1, 1]]).coef.round(6).tolist()
    [1.5, 2.25]
    """
    if family not in get_args(Family):
        raise BadInput(f"The 'family' parameter must be one of {get_args(Family)}. Got {family!r}.")
    answers = columns(design, y, over=None, missing="refuse", single=True).y[:, 0]
    every = regressors(x, n=design.n)
    at = layout(design)
    here, w, told = at.take(every), at.take(design.weights), at.take(answers)
    free = basis(here, w, by="regression")
    scores = here @ free
    if family == "binomial":
        refuse((told != 0) & (told != 1), name="y", must="be 0 or 1 for 'binomial'", rows=at.rows)
        beside = logit(scores, w, told, by="regression")
    else:
        beside = (w * told) @ scores
        beside = beside + (w * (told - scores @ beside)) @ scores
    mu = expected(scores @ beside, family=family)
    u = score_columns(scores, free, w=w, apart=told - mu, spread=spread(mu, family=family))
    vcov = covariance(at, u, by=rules(at, lonely=design.lonely, lonely_domains=False))
    coef = free @ beside
    return Regression(
        coef=frozen(coef),
        se=frozen(np.sqrt(np.maximum(np.diagonal(vcov), 0.0))),
        vcov=frozen(vcov),
        df=design.df + 1 - every.shape[1],
        fitted=frozen(expected(every @ coef, family=family)),
    )


def expected(linear: Floats, *, family: Family) -> Floats:
    """Return what is expected at the linear predictor (n,)."""
    return chances(linear) if family == "binomial" else linear


def spread(mu: Floats, *, family: Family) -> Floats:
    """Return v (n,): by how much the expected answer moves with the linear predictor."""
    out: Floats = mu * (1 - mu) if family == "binomial" else np.ones_like(mu)
    return out


def chances(odds: Floats) -> Floats:
    """Return the chances of log-odds (n,)."""
    with np.errstate(over="ignore"):
        out: Floats = 1 / (1 + np.exp(-odds))
    return out


def score_columns(scores: Floats, free: Floats, *, w: Floats, apart: Floats, spread: Floats) -> Floats:
    """Return u (n, p), the scores of the coefficients: w(y - μ) A x, given columns x·`free` (n, p)."""
    slope = (scores * (w * spread)[:, None]).T @ scores
    out: Floats = (w * apart)[:, None] * (scores @ np.linalg.inv(slope) @ free.T)
    return out


def logit(x: Floats, w: Floats, y: Any, *, by: str) -> Floats:
    """Return the coefficients (p,) that solve Σ w x (y - μ) = 0, by Newton's method; `by` names who asks."""
    at: Floats = np.zeros(x.shape[1])
    move, left = np.ones_like(at), STEPS
    while left and np.abs(move).max() >= 1e-12 * (1 + np.abs(at).max()):
        mu = chances(x @ at)
        slope = (x * (w * mu * (1 - mu))[:, None]).T @ x
        move = np.linalg.lstsq(slope, (w * (y - mu)) @ x, rcond=None)[0].astype(np.float64)
        at = at + move
        left = 0 if np.abs(x @ at).max() > STEEP else left - 1
    if not left:
        text = f"{by} refused: no finite coefficients. Columns of 'x' separate those who"
        raise NotConverged(f"{text} answered from those who didn't; leave some out, or use classes.")
    return at
