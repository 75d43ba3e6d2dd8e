"""The areas of a report as places: codes from 0 for the pipeline, and chains of grids to be joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey.scores.rules.columns import Frame, Ints
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET

EVERYTHING = "all"
"""The code of the whole, where the wave's areas have no city."""


@dataclass(frozen=True, slots=True)
class ReportArea:
    """An area of the release; `strata` are those of its grids, `parent` the area above in the release."""

    level: str
    code: str
    name: str
    kind: str
    parent: str | None
    strata: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The frame by places, the code of each stratum, and the area of each place by its level.

    A grid without a street or community has a place of its own there, which is no area of the report.
    """

    frame: Frame
    stratum: Mapping[str, int]
    areas: Mapping[str, Mapping[int, ReportArea]]


def places(areas: Sequence[ReportArea], *, sizes: Mapping[str, int]) -> Places:
    """Return the places of the report's areas; `sizes` are by stratum."""
    strata = {stratum: at for at, stratum in enumerate(sorted(sizes))}
    grids = sorted((area for area in areas if area.level == GRID), key=lambda area: area.code)
    of = {
        strata[stratum]: at for at, grid in enumerate(grids) for stratum in grid.strata if stratum in strata
    }
    kinds = {kind: at for at, kind in enumerate(sorted({grid.kind for grid in grids}))}
    streets, communities = _above(areas, grids, level=STREET), _above(areas, grids, level=COMMUNITY)
    kind = np.array([kinds[grid.kind] for grid in grids], dtype=np.int64)
    frame = Frame(
        households=np.array([sizes[stratum] for stratum in strata], dtype=np.int64),
        grid=np.array([of[at] for at in range(len(strata))], dtype=np.int64),
        community=communities.place,
        street=streets.place,
        type=kind,
        chains=_chains(streets.place, kind),
    )
    (city,) = (area for area in areas if area.level == CITY)
    named = {
        GRID: dict(enumerate(grids)),
        STREET: streets.areas,
        COMMUNITY: communities.areas,
        CITY: {0: city},
    }
    return Places(frame, strata, named)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    place: Ints
    areas: Mapping[int, ReportArea]


def _above(areas: Sequence[ReportArea], grids: Sequence[ReportArea], *, level: str) -> _Level:
    """The place at a level of each grid (G,); those without one follow after the areas' own."""
    found = sorted((area for area in areas if area.level == level), key=lambda area: area.code)
    over = {stratum: at for at, area in enumerate(found) for stratum in area.strata}
    place = [
        next((over[s] for s in grid.strata if s in over), len(found) + at) for at, grid in enumerate(grids)
    ]
    return _Level(np.array(place, dtype=np.int64), dict(enumerate(found)))


def _chains(street: Ints, kind: Ints) -> list[Ints]:
    """Grids of each street and type, by their codes: the order in which short ones are joined."""
    keys = sorted(set(zip(street.tolist(), kind.tolist(), strict=True)))
    return [np.flatnonzero((street == one) & (kind == other)) for one, other in keys]
