"""A sample of an invented city as the scores' pipeline takes it: frame, completes, outside margins."""

from __future__ import annotations

import numpy as np

from demo.study.city import GRIDS, STREETS, Ints, StudyCity
from demo.study.estimators import Scores
from demo.study.field import Sample
from survey.scores.rules.columns import Completes, Frame, Margin
from survey.scores.rules.pipeline import GRID, OVERALL, RATED, PlaceFigures, Terms, figures

STREET = np.arange(GRIDS) % STREETS
COMMUNITY = STREET + STREETS * (np.arange(GRIDS) // (4 * STREETS))
"""Four grids a community, none across streets."""
MARGINS = {"age": 3, "tenure": 2, "phone": 2}


def scored(city: StudyCity, made: Sample, *, margins: bool = True) -> PlaceFigures:
    """Return the figures of the one item that everybody in the city can answer."""
    categories = _categories(city)
    done = made.completed
    completes = Completes(
        stratum=city.of[done],
        items={OVERALL: city.satisfied[done].astype(np.int64)},
        categories={name: codes[done] for name, codes in categories.items()},
    )
    known = [Margin(name, np.bincount(codes, minlength=MARGINS[name])) for name, codes in categories.items()]
    terms = Terms(made.rate, known if margins else (), city.complaints)
    return figures(frame(city), completes, terms, dens={OVERALL: (RATED,)})


def of_grids(found: PlaceFigures) -> Scores:
    """Return the grids' scores with the limits that are published; every grid has an answer here."""
    rows = sorted((row for row in found.rows if row.level == GRID), key=lambda row: row.place)
    value, low, high = (
        np.array(column) for column in zip(*((r.value, r.low, r.high) for r in rows), strict=True)
    )
    return Scores(value, low, high)


def frame(city: StudyCity) -> Frame:
    """Return the city's grids; each street's grids of one type are a chain."""
    kinds = [np.flatnonzero((street == STREET) & (city.type == kind)) for street, kind in _kinds()]
    return Frame(
        households=city.size,
        grid=np.arange(GRIDS),
        community=COMMUNITY,
        street=STREET,
        type=city.type,
        chains=[chain for chain in kinds if chain.size],
    )


def _kinds() -> list[tuple[int, int]]:
    return [(street, kind) for street in range(STREETS) for kind in range(4)]


def _categories(city: StudyCity) -> dict[str, Ints]:
    return {"age": city.cell // 4, "tenure": city.cell // 2 % 2, "phone": city.cell % 2}
