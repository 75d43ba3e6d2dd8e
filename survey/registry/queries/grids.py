"""The grids that the registry may name, and how many households stand in each now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.area_names import AreaNames
from survey.models import Area, Household


@dataclass(frozen=True, slots=True)
class GridHouseholds:
    """A grid, its name ("" where no deposit told it), and its households."""

    code: str
    name: str
    households: int


def household_counts(session: Session) -> list[GridHouseholds]:
    """Return every grid that a deposit or the registry names, by its code."""
    here = select(Household.grid_code, func.count()).where(Household.left_at.is_(None))
    counts = dict(session.execute(here.group_by(Household.grid_code)).all())
    names = dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
    grids = sorted(names.keys() | counts.keys())
    return [GridHouseholds(code, names.get(code, ""), counts.get(code, 0)) for code in grids]


def known(session: Session) -> AreaNames:
    """Return the grids of the last deposit by code and name; none before the first deposit."""
    columns = select(Area.code, Area.name).where(Area.level == "grid")
    return AreaNames.of(session.execute(columns).all())
