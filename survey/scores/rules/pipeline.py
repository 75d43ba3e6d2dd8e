"""Every published figure comes from here: weights once, then each item of each place, by one rule a level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from survey.scores.rules.columns import (
    LEFT_OUT,
    SATISFIED,
    UNRATED,
    Bools,
    Completes,
    Floats,
    Frame,
    Ints,
    Margin,
)
from survey.scores.rules.grid_model import GridAnswers, Grids, grids
from survey.scores.rules.shares import Shares, domain, shares
from survey.scores.rules.steps import FIGURES, Told, silent
from survey.scores.rules.steps import counted as each_told
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
    with its limits, the weight `gamma` that it has in the headline, the variance `between` true shares that
    the model found, a `position` in their type's funnel, and the coefficient of `complaints` in their model,
    which above 0 had no part in it. The others have an error and its degrees of freedom.
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
    between: float | None = None
    below_type: bool | None = None
    position: str | None = None
    complaints: float | None = None


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


@dataclass(frozen=True, slots=True, eq=False)
class FieldWave:
    """One of several waves: its frame, completes and terms, and where its grids lie now.

    `now` (G,) is the place of each of its grids in the last wave, or AWAY where there is no such grid of the
    same type any more. `half` (G,) are grids, by item and denominator, of which a drawn part gave no answer.
    `weights` are those of its own figures where these were made before.
    """

    frame: Frame
    completes: Completes
    terms: Terms
    now: Ints
    half: Mapping[tuple[str, str], Bools] = field(default_factory=dict)
    weights: Weighted | None = None


AWAY = -1


def figures(
    frame: Frame,
    completes: Completes,
    terms: Terms,
    *,
    dens: Mapping[str, Sequence[str]],
    told: Told = silent,
) -> PlaceFigures:
    """Return every item's figures; `dens` names the denominators of each item, `rated` and `all`."""
    made = weighted(frame, completes, terms.margins)
    rows: list[PlaceFigure] = []
    for item, den in each_told(_wanted(dens), FIGURES, told):
        if not (counted := _counted(completes, item, den)).any():
            continue
        rows += _above(frame, completes, made, terms, counted=counted, item=item, den=den)
        one = FieldWave(frame, completes, terms, np.arange(len(frame.type)))
        if (scores := _scored([one], [made], item=item, den=den)) is not None:
            rows += _grids(scores, item=item, den=den)
    return PlaceFigures(tuple(rows), made)


def pooled(waves: Sequence[FieldWave], *, dens: Mapping[str, Sequence[str]]) -> PlaceFigures:
    """Return the figures of grids from all `waves`, the last one last: the plain mean of each grid's shares.

    Every wave weighs alike in which a grid gave an answer; the strata are those of grid and wave, each with
    its own households, and an answer counts by its weight over all rows.
    """
    made = [wave.weights or weighted(wave.frame, wave.completes, wave.terms.margins) for wave in waves]
    rows: list[PlaceFigure] = []
    for item, den in _wanted(dens):
        if (scores := _scored(waves, made, item=item, den=den)) is not None:
            rows += _grids(scores, item=item, den=den)
    return PlaceFigures(tuple(rows), made[-1])


def _wanted(dens: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(item, den) for item, wanted in dens.items() for den in wanted]


def _counted(completes: Completes, item: str, den: str) -> Bools:
    answers = completes.items[item]
    return answers > UNRATED if den == RATED else answers > LEFT_OUT


def _above(
    frame: Frame,
    completes: Completes,
    made: Weighted,
    terms: Terms,
    *,
    counted: Bools,
    item: str,
    den: str,
) -> Iterator[PlaceFigure]:
    """Figures of the city, streets and communities."""
    yes = completes.items[item] == SATISFIED
    levels = {CITY: np.zeros_like(frame.street), STREET: frame.street, COMMUNITY: frame.community}
    rules = {"response_rate": terms.response_rate, "odds": terms.odds}
    design = domain(frame, made, completes.stratum, counted)
    for level, of in levels.items():
        known = shares(frame, design, completes.stratum, yes, counted=counted, of=of, **rules)
        yield from _shares(known, level=level, item=item, den=den)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One wave's answers to an item, by the grids of now."""

    grid: Ints
    weights: Floats
    yes: Bools
    households: Floats
    rate: Floats

    @property
    def alike(self) -> Floats:
        """Weights of which those of a grid are 1 together, in every wave alike."""
        out: Floats = self.weights / np.bincount(self.grid, self.weights)[self.grid]
        return out


def _scored(waves: Sequence[FieldWave], made: Sequence[Weighted], *, item: str, den: str) -> Grids | None:
    """The scores of grids with an answer to the item; None where there is none."""
    last = waves[-1]
    grids_now = len(last.frame.type)
    parts = [
        _part(wave, each, item=item, den=den, size=grids_now) for wave, each in zip(waves, made, strict=True)
    ]
    if not any(part.grid.size for part in parts):
        return None
    there = np.sum([part.households > 0 for part in parts], axis=0)
    # One wave alone keeps its weights as they are, and their sums exact.
    weights = [part.alike for part in parts] if len(parts) > 1 else [part.weights for part in parts]
    given = GridAnswers(
        grid=np.concatenate([part.grid for part in parts]),
        weights=np.concatenate(weights),
        yes=np.concatenate([part.yes for part in parts]),
        households=np.sum([part.households for part in parts], axis=0),
        type=last.frame.type,
        response_rate=np.sum([part.rate for part in parts], axis=0) / np.maximum(there, 1),
        complaints=last.terms.complaints if item == OVERALL else None,
    )
    return grids(given, odds=last.terms.odds)


def _part(wave: FieldWave, made: Weighted, *, item: str, den: str, size: int) -> _Part:
    """A wave's answers, by the grids of now, with the households of those grids that gave any."""
    of = wave.frame.grid[wave.completes.stratum]
    half = wave.half.get((item, den), np.zeros(len(wave.frame.type), dtype=bool))
    kept = _counted(wave.completes, item, den) & (wave.now[of] != AWAY) & ~half[of]
    at, weights = wave.now[of[kept]], made.design.weights[kept]
    answered = np.bincount(at, minlength=size) > 0
    held = np.zeros(size)
    stays = wave.now != AWAY
    held[wave.now[stays]] = wave.frame.size[stays]
    return _Part(
        grid=at,
        weights=weights,
        yes=(wave.completes.items[item] == SATISFIED)[kept],
        households=held * answered,
        rate=np.where(answered, wave.terms.response_rate, 0.0),
    )


def _shares(found: Shares, *, level: str, item: str, den: str) -> Iterator[PlaceFigure]:
    columns = (
        found.place, found.n, found.value, found.banded.low, found.banded.high, found.plain.low,
        found.plain.high, found.unweighted, found.covered, found.se, found.df,
    )  # fmt: skip
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield PlaceFigure(level, row[0], item, den, CALIBRATED, *row[1:])


def _grids(found: Grids, *, item: str, den: str) -> Iterator[PlaceFigure]:
    model = found.model
    columns = (
        found.grid, found.n, found.value, found.banded.low, found.banded.high, found.plain.low,
        found.plain.high, found.unweighted, found.direct, found.direct_limits.low, found.direct_limits.high,
        found.n_eff,
    )  # fmt: skip
    method, between = (OWN, None) if model is None else (MODELLED, model.sigma2)
    gamma: Sequence[float | None] = [None] * len(found.grid)
    decision, below = gamma, gamma
    if model is not None:
        gamma, decision, below = model.gamma.tolist(), model.gamma_decision.tolist(), model.below.tolist()
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for at, row in enumerate(rows):
        yield PlaceFigure(
            level=GRID,
            place=row[0],
            item=item,
            den=den,
            method=method,
            n=row[1],
            value=row[2],
            low=row[3],
            high=row[4],
            plain_low=row[5],
            plain_high=row[6],
            unweighted=row[7],
            covered=1.0,
            direct=row[8],
            direct_low=row[9],
            direct_high=row[10],
            n_eff=row[11],
            gamma=gamma[at],
            gamma_decision=decision[at],
            between=between,
            below_type=None if below[at] is None else bool(below[at]),
            position=found.position[at],
            complaints=found.coefficient,
        )
