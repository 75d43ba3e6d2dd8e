"""A sample of an invented city as the scores' pipeline takes it: frame, completes, outside margins."""

from __future__ import annotations

import numpy as np

from demo.study.city import GRIDS, STREETS, Bools, Ints, StudyCity
from demo.study.estimators import Scores
from demo.study.field import Sample
from survey.scores.rules.columns import Completes, Frame, Margin
from survey.scores.rules.pipeline import GRID, OVERALL, RATED, PlaceFigures, Terms, figures

STREET = np.arange(GRIDS) % STREETS
COMMUNITY = STREET + STREETS * (np.arange(GRIDS) // (4 * STREETS))
"""Four grids a community, none across streets."""
MARGINS = {"age": 3, "tenure": 2, "phone": 2}
DENS = {OVERALL: (RATED,)}
"""The one item that everybody in the city can answer."""


def scored(city: StudyCity, made: Sample, *, margins: bool = True) -> PlaceFigures:
    """Return the figures of a sample."""
    completes = completed(city, made, city.of, city.satisfied)
    return figures(frame(city), completes, terms(city, made, margins=margins), dens=DENS)


def completed(city: StudyCity, made: Sample, strata: Ints, said: Bools) -> Completes:
    """Return who completed, by the stratum (H,) of each household and what it says (H,)."""
    done = made.completed
    return Completes(
        stratum=strata[done],
        items={OVERALL: said[done].astype(np.int64)},
        categories={name: codes[done] for name, codes in _categories(city).items()},
    )


def terms(city: StudyCity, made: Sample, *, margins: bool = True) -> Terms:
    """Return what is known of the city beside a sample's answers."""
    known = [
        Margin(name, np.bincount(codes, minlength=MARGINS[name])) for name, codes in _categories(city).items()
    ]
    return Terms(made.rate, known if margins else (), city.complaints)


def of_grids(found: PlaceFigures) -> Scores:
    """Return the grids' scores with the limits that are published; every grid has an answer here."""
    rows = sorted((row for row in found.rows if row.level == GRID), key=lambda row: row.place)
    value, low, high = (
        np.array(column) for column in zip(*((r.value, r.low, r.high) for r in rows), strict=True)
    )
    return Scores(value, low, high)


def frame(city: StudyCity, strata: Ints | None = None) -> Frame:
    """Return the city's grids; each street's grids of one type are a chain.

    `strata` (H,) are two a grid, one after the other, where it is drawn in two.
    """
    kinds = [np.flatnonzero((street == STREET) & (city.type == kind)) for street, kind in _kinds()]
    times = 1 if strata is None else 2
    return Frame(
        households=city.size if strata is None else np.bincount(strata, minlength=2 * GRIDS),
        grid=np.repeat(np.arange(GRIDS), times),
        community=COMMUNITY,
        street=STREET,
        type=city.type,
        chains=[chain for chain in kinds if chain.size],
    )


def _kinds() -> list[tuple[int, int]]:
    return [(street, kind) for street in range(STREETS) for kind in range(4)]


def _categories(city: StudyCity) -> dict[str, Ints]:
    return {"age": city.cell // 4, "tenure": city.cell // 2 % 2, "phone": city.cell % 2}
