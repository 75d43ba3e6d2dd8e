"""Scores of grids: a few weighted answers of each, drawn towards its type as far as they are noise."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from sampling.areas.direct import Direct, direct
from sampling.areas.grid_scores import GridScores, band, grid_scores, standardised
from sampling.comparing.funnel import position
from sampling.errors import Collinear, TooFew
from survey.scores.rules.columns import Bools, Floats, Ints

WHOLE = 1 - 1e-9
"""A grid asked whole has no error left; the model wants some."""


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Limits of shares (m,)."""

    low: Floats
    high: Floats

    def widened(self, by: Floats) -> Limits:
        """Return them farther apart on both sides, within 0 and 1."""
        return Limits(np.clip(self.low - by, 0, 1), np.clip(self.high + by, 0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Grids:
    """Scores of the m grids (codes `grid`) with an answer, each (m,).

    `value` with its limits `plain` and, for silence, `banded` is the model's, or the direct one where there
    are too few grids for a model, which is None then. `position` is where the direct share lies in the funnel
    of its type. `coefficient` is what
    the model found for complaints; above 0 it was dropped.
    """

    grid: Ints
    n: Ints
    n_eff: Floats
    unweighted: Floats
    direct: Floats
    direct_limits: Limits
    value: Floats
    plain: Limits
    banded: Limits
    position: tuple[str, ...]
    model: GridScores | None
    coefficient: float | None


@dataclass(frozen=True, slots=True, eq=False)
class GridAnswers:
    """Answers (n,) of grids: which grid each is of, its weight, whether it is a yes.

    `households` (G,) are those that a grid's answers are drawn from, `type` (G,) its type, `response_rate`
    (G,) RR1; `complaints` (G,), if any, enter the model as ln((complaints + 1)/households), standardised.
    """

    grid: Ints
    weights: Floats
    yes: Bools
    households: Floats
    type: Ints
    response_rate: Floats
    complaints: Ints | None = None


def grids(given: GridAnswers, *, odds: float) -> Grids:
    """Return the score of every grid with an answer; shrunken and direct figure stand together.

    Complaints are about everything that a household may be satisfied of, so they help the item `overall`
    alone.
    """
    answers = given.yes.astype(np.float64)
    own = direct(answers, given.weights, by=given.grid)
    grid = np.array(own.domains, dtype=np.int64)
    n = np.bincount(given.grid, minlength=len(given.type))[grid]
    p, size, types = np.asarray(own.value), given.households[grid], given.type[grid]
    worth, rate = np.minimum(own.n_eff, size * WHOLE), given.response_rate[grid]
    model, coefficient = _model(given, p, worth, size, odds=odds)
    value, plain, banded = _headline(own, model, by=band(p, rate, odds=odds))
    return Grids(
        grid=grid,
        n=n,
        n_eff=worth,
        unweighted=np.bincount(given.grid, answers, len(given.type))[grid] / n,
        direct=p,
        direct_limits=_own(own),
        value=value,
        plain=plain,
        banded=banded,
        position=tuple(position(p, _means(p, size, types), worth).tolist()),
        model=model,
        coefficient=coefficient,
    )


def _model(
    given: GridAnswers, p: Floats, worth: Floats, size: Floats, *, odds: float
) -> tuple[GridScores | None, float | None]:
    """The model with complaints, or without them where more of them would go with more satisfaction.

    Complaints can be held back or sent in: a coefficient above 0 says that they don't tell of service.
    """
    grid = np.unique(given.grid)
    kinds, rate = given.type[grid].tolist(), given.response_rate[grid]

    def fitted(beside: Floats | None) -> GridScores | None:
        with suppress(TooFew, Collinear):
            return grid_scores(p, worth, size, kinds, covariates=beside, response_rate=rate, odds=odds)
        return None

    beside = None if given.complaints is None else _rate(given.complaints[grid], size)
    found = None if beside is None else fitted(beside)
    if found is None:
        return fitted(None), None
    coefficient = float(found.beta[-1])
    return (found if coefficient <= 0 else fitted(None)), coefficient


def _headline(own: Direct, model: GridScores | None, *, by: Floats) -> tuple[Floats, Limits, Limits]:
    if model is None:
        limits = _own(own)
        return np.asarray(own.value), limits, limits.widened(by)
    return model.value, Limits(model.low, model.high), Limits(model.band_low, model.band_high)


def _own(own: Direct) -> Limits:
    return Limits(np.asarray(own.low), np.asarray(own.high))


def _rate(complaints: Ints, size: Floats) -> Floats | None:
    """Complaints a household (m, 1) as the model takes them; None where they don't differ."""
    given = np.log((complaints + 1) / size)
    return standardised(given)[:, None] if given.std() > 0 else None


def _means(p: Floats, size: Floats, types: Ints) -> Floats:
    """Each grid's type's mean share, by households."""
    held = np.bincount(types, size)
    out: Floats = (np.bincount(types, size * p) / np.where(held > 0, held, 1))[types]
    return out
