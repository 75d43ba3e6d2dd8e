"""Shares of streets, communities and the city: calibrated, with an error that knows of it, and a band."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.areas.grid_scores import band
from sampling.designs.design import SurveyDesign
from sampling.estimates.estimators import proportion
from survey.scores.rules.columns import Bools, Floats, Frame, Ints
from survey.scores.rules.grid_model import Limits
from survey.scores.rules.joining import joined, united
from survey.scores.rules.weighting import Weighted


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shares of D places (codes `place`), each (D,): their limits `plain` and, for silence, `banded`.

    `covered` is the share of a place's households that lie in grids with an answer; `unweighted` that of the
    answers as they are.
    """

    place: Ints
    n: Ints
    value: Floats
    se: Floats
    df: Ints
    plain: Limits
    banded: Limits
    unweighted: Floats
    covered: Floats


def shares(
    frame: Frame,
    design: SurveyDesign,
    strata: Ints,
    yes: Bools,
    *,
    counted: Bools,
    of: Ints,
    response_rate: float,
    odds: float,
) -> Shares:
    """Return the share of `yes` (n,) among the `counted` (n,) of each place; `of` (G,) is a grid's place.

    `design` is that of the counted, from `domain`. The interval is Wilson's at the effective size and t, then
    widened by the band.
    """
    places = of[frame.grid[strata]]
    found = proportion(design, yes, by=places)
    limits = found.interval()
    place = np.array(found.domains, dtype=np.int64)
    value = np.clip(found.value, 0.0, 1.0)
    plain = Limits(np.asarray(limits.low), np.asarray(limits.high))
    said = np.bincount(places[counted], yes[counted], place.max() + 1)[place]
    return Shares(
        place=place,
        n=found.n,
        value=value,
        se=found.se,
        df=found.df,
        plain=plain,
        banded=plain.widened(band(value, response_rate, odds=odds)),
        unweighted=said / found.n,
        covered=covered(frame, strata[counted], of=of)[place],
    )


def covered(frame: Frame, strata: Ints, *, of: Ints) -> Floats:
    """Return for each place the share of its households that lie in grids of these answers' `strata` (n,)."""
    answered = np.bincount(frame.grid[strata], minlength=len(frame.type)) > 0
    size = int(of.max()) + 1
    inside = np.bincount(of, frame.size * answered, size)
    out: Floats = inside / np.maximum(np.bincount(of, frame.size, size), 1)
    return out


def domain(frame: Frame, made: Weighted, strata: Ints, counted: Bools) -> SurveyDesign:
    """Return the design of the `counted` (n,) answers, the same for the places of every level.

    For their errors a stratum with fewer than two of these answers is joined along its chain; for the weights
    it stays as it is, and what weights joined stays joined.
    """
    held = np.bincount(strata[counted], minlength=len(frame.households))
    together = united(made.group, joined(frame, held))
    here = np.unique(made.group[strata])
    _one, first, which = np.unique(together[here], return_index=True, return_inverse=True)
    stays = here[first][which]
    apart = here != stays
    moved = dict(zip(here[apart].tolist(), stays[apart].tolist(), strict=True))
    return (made.design.collapse(moved) if moved else made.design).subset(counted)
