"""Scores of grids: a few weighted answers of each, drawn towards its type as far as they are noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.areas.direct import Direct, direct
from sampling.areas.grid_scores import GridScores, band, grid_scores, standardised
from sampling.comparing.funnel import position
from sampling.errors import Collinear, TooFew
from survey.scores.rules.columns import Bools, Floats, Frame, Ints

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
    of its type.
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


def grids(
    frame: Frame,
    weights: Floats,
    strata: Ints,
    yes: Bools,
    *,
    counted: Bools,
    response_rate: float,
    odds: float,
    complaints: Ints | None = None,
) -> Grids:
    """Return the score of every grid with a `counted` answer; shrunken and direct figure stand together.

    `complaints` (G,) enter the model as ln((complaints + 1)/households), standardised; they are about
    everything that a household may be satisfied of, so they help the item `overall` alone.
    """
    at, answers = frame.grid[strata[counted]], yes[counted].astype(np.float64)
    own = direct(answers, weights[counted], by=at)
    grid = np.array(own.domains, dtype=np.int64)
    n = np.bincount(at, minlength=len(frame.type))[grid]
    p, size, types = np.asarray(own.value), frame.size[grid].astype(np.float64), frame.type[grid]
    worth = np.minimum(own.n_eff, size * WHOLE)
    beside = None if complaints is None else _rate(complaints[grid], size)
    model = _modelled(p, worth, size, types, beside, response_rate=response_rate, odds=odds)
    value, plain, banded = _headline(own, model, by=band(p, response_rate, odds=odds))
    return Grids(
        grid=grid,
        n=n,
        n_eff=worth,
        unweighted=np.bincount(at, answers, len(frame.type))[grid] / n,
        direct=p,
        direct_limits=_own(own),
        value=value,
        plain=plain,
        banded=banded,
        position=tuple(position(p, _means(p, size, types), worth).tolist()),
        model=model,
    )


def _headline(own: Direct, model: GridScores | None, *, by: Floats) -> tuple[Floats, Limits, Limits]:
    if model is None:
        limits = _own(own)
        return np.asarray(own.value), limits, limits.widened(by)
    return model.value, Limits(model.low, model.high), Limits(model.band_low, model.band_high)


def _own(own: Direct) -> Limits:
    return Limits(np.asarray(own.low), np.asarray(own.high))


def _modelled(
    p: Floats,
    worth: Floats,
    size: Floats,
    types: Ints,
    beside: Floats | None,
    *,
    response_rate: float,
    odds: float,
) -> GridScores | None:
    kinds = types.tolist()
    try:
        return grid_scores(p, worth, size, kinds, covariates=beside, response_rate=response_rate, odds=odds)
    except (TooFew, Collinear):
        return None


def _rate(complaints: Ints, size: Floats) -> Floats | None:
    """Complaints a household (m, 1) as the model takes them; None where they don't differ."""
    given = np.log((complaints + 1) / size)
    return standardised(given)[:, None] if given.std() > 0 else None


def _means(p: Floats, size: Floats, types: Ints) -> Floats:
    """Each grid's type's mean share, by households."""
    held = np.bincount(types, size)
    out: Floats = (np.bincount(types, size * p) / np.where(held > 0, held, 1))[types]
    return out
