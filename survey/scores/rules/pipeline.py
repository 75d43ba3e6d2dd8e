"""Every published figure comes from here: weights once, then each item of each place, by one rule a level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from survey.scores.rules.columns import LEFT_OUT, SATISFIED, UNRATED, Completes, Floats, Frame, Ints, Margin
from survey.scores.rules.grid_model import Grids, grids
from survey.scores.rules.shares import Shares, covered, shares
from survey.scores.rules.weighting import Weighted, weighted
from survey.waves.rules.release_terms import GAMMA

CITY, STREET, COMMUNITY, GRID = "city", "street", "community", "grid"
RATED, ALL = "rated", "all"
OVERALL = "overall"
CALIBRATED, MODELLED, OWN = "calibrated-wilson-t-band/1", "area-model-band/1", "kish-wilson-band/1"
"""The estimator of a figure and its version, carried by every row."""
ODDS = float(GAMMA)


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """One share, 0 to 1, of a place (a code from 0 at its level), with all that is to be said of it.

    `low` and `high` allow for silence, `plain_low` and `plain_high` don't. Grids alone have a `direct` share
    with its limits, the weight `gamma` that it has in the headline, and a `position` in their type's funnel;
    the others an error and its degrees of freedom.
    """

    level: str
    place: int
    item: str
    den: str
    method: str
    n: int
    value: float
    low: float
    high: float
    plain_low: float
    plain_high: float
    unweighted: float
    covered: float
    se: float | None = None
    df: int | None = None
    direct: float | None = None
    direct_low: float | None = None
    direct_high: float | None = None
    n_eff: float | None = None
    gamma: float | None = None
    gamma_decision: float | None = None
    below_type: bool | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What was sealed or is known beside the answers.

    `margins` are the city's; `response_rate` is RR1 of the wave; `complaints` (G,) are those of each grid.
    """

    response_rate: float
    margins: Sequence[Margin] = ()
    complaints: Ints | None = None
    odds: float = ODDS


@dataclass(frozen=True, slots=True, eq=False)
class PlaceFigures:
    """All figures of a wave, and how its completes were weighted."""

    rows: tuple[PlaceFigure, ...]
    weights: Weighted = field(repr=False)


def figures(
    frame: Frame, completes: Completes, terms: Terms, *, dens: Mapping[str, Sequence[str]]
) -> PlaceFigures:
    """Return every item's figures; `dens` names the denominators of each item, `rated` and `all`."""
    made = weighted(frame, completes, terms.margins)
    rows: list[PlaceFigure] = []
    for item, wanted in dens.items():
        for den in wanted:
            rows += _item(frame, completes, made, terms, item=item, den=den)
    return PlaceFigures(tuple(rows), made)


def _item(
    frame: Frame, completes: Completes, made: Weighted, terms: Terms, *, item: str, den: str
) -> Iterator[PlaceFigure]:
    answers = completes.items[item]
    counted = answers > UNRATED if den == RATED else answers > LEFT_OUT
    if not counted.any():
        return
    strata, yes = completes.stratum, answers == SATISFIED
    rules = {"response_rate": terms.response_rate, "odds": terms.odds}
    levels = {CITY: np.zeros_like(frame.street), STREET: frame.street, COMMUNITY: frame.community}
    for level, of in levels.items():
        known = shares(frame, made, strata, yes, counted=counted, of=of, **rules)
        yield from _shares(known, level=level, item=item, den=den)
    complaints = terms.complaints if item == OVERALL else None
    scores = grids(frame, made.design.weights, strata, yes, counted=counted, complaints=complaints, **rules)
    cover = covered(frame, strata[counted], of=np.arange(len(frame.type)))[scores.grid]
    yield from _grids(scores, cover, item=item, den=den)


def _shares(found: Shares, *, level: str, item: str, den: str) -> Iterator[PlaceFigure]:
    columns = (
        found.place, found.n, found.value, found.banded.low, found.banded.high, found.plain.low,
        found.plain.high, found.unweighted, found.covered, found.se, found.df,
    )  # fmt: skip
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield PlaceFigure(level, row[0], item, den, CALIBRATED, *row[1:])


def _grids(found: Grids, cover: Floats, *, item: str, den: str) -> Iterator[PlaceFigure]:
    model = found.model
    for at, grid in enumerate(found.grid.tolist()):
        yield PlaceFigure(
            level=GRID,
            place=grid,
            item=item,
            den=den,
            method=OWN if model is None else MODELLED,
            n=int(found.n[at]),
            value=float(found.value[at]),
            low=float(found.banded.low[at]),
            high=float(found.banded.high[at]),
            plain_low=float(found.plain.low[at]),
            plain_high=float(found.plain.high[at]),
            unweighted=float(found.unweighted[at]),
            covered=float(cover[at]),
            direct=float(found.direct[at]),
            direct_low=float(found.direct_limits.low[at]),
            direct_high=float(found.direct_limits.high[at]),
            n_eff=float(found.n_eff[at]),
            gamma=None if model is None else float(model.gamma[at]),
            gamma_decision=None if model is None else float(model.gamma_decision[at]),
            below_type=None if model is None else bool(model.below[at]),
            position=found.position[at],
        )
