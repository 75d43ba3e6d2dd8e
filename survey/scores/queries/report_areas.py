"""The areas of a wave's report, as the map stood at its freeze."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.models import WaveArea
from survey.scores.rules.areas import EVERYTHING, ReportArea
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET

ABOVE = {GRID: (COMMUNITY, STREET), COMMUNITY: (STREET,), STREET: ()}
"""What may stand over an area, the nearest first, below the city."""


def report_areas(session: Session, label: str, grid_of: Mapping[str, str]) -> list[ReportArea]:
    """Return grids, communities, streets, the city; grids no deposit told of stand under the city alone."""
    mapped = {
        area.code: area for area in session.scalars(select(WaveArea).where(WaveArea.wave_label == label))
    }
    strata = _gathered(grid_of)
    cities = {_above(mapped, grid, level=CITY) for grid in strata}
    city = next(iter(cities)) if len(cities) == 1 else None
    top = city.code if city else EVERYTHING
    whole = ReportArea(CITY, top, city.name if city else _("全部"), "", None, frozenset(grid_of))
    found: list[ReportArea] = []
    for level in (GRID, COMMUNITY, STREET):
        found += _level(mapped, strata, level=level, top=top)
    return [*found, whole]


def _gathered(grid_of: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the strata of every grid."""
    found: dict[str, set[str]] = {}
    for stratum, grid in grid_of.items():
        found.setdefault(grid, set()).add(stratum)
    return {grid: frozenset(strata) for grid, strata in found.items()}


def _level(
    mapped: Mapping[str, WaveArea], strata: Mapping[str, frozenset[str]], *, level: str, top: str
) -> list[ReportArea]:
    """Return the areas of a level that hold grids of the wave, by their codes."""
    inside: dict[str, set[str]] = {}
    for grid, held in strata.items():
        area = mapped.get(grid) if level == GRID else _above(mapped, grid, level=level)
        code = area.code if area else grid
        if area or level == GRID:
            inside.setdefault(code, set()).update(held)
    return [_area(mapped, code, frozenset(inside[code]), level=level, top=top) for code in sorted(inside)]


def _area(
    mapped: Mapping[str, WaveArea], code: str, strata: frozenset[str], *, level: str, top: str
) -> ReportArea:
    area = mapped.get(code)
    higher = (_above(mapped, code, level=one) for one in ABOVE[level])
    parent = next((one.code for one in higher if one), top)
    name, kind = (area.name, area.grid_type) if area else (code, "")
    return ReportArea(level, code, name, kind if level == GRID else "", parent, strata)


def _above(areas: Mapping[str, WaveArea], code: str, *, level: str) -> WaveArea | None:
    """Return the area of that level over `code`; None where the tree doesn't tell."""
    seen: set[str] = set()
    area = areas.get(code)
    while area is not None and area.level != level and area.code not in seen:
        seen.add(area.code)
        area = areas.get(area.parent_code or "")
    return area if area is not None and area.level == level else None
