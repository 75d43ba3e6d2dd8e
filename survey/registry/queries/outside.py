"""Households as others count them, beside the registry's own."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Area, Household, OutsideCount


def latest(session: Session) -> list[OutsideCount]:
    """Return the last count of each source for each grid, by grid and source."""
    newest = select(func.max(OutsideCount.id)).group_by(OutsideCount.grid_code, OutsideCount.source)
    rows = session.scalars(select(OutsideCount).where(OutsideCount.id.in_(newest)))
    return sorted(rows, key=lambda row: (row.grid_code, row.source))


def registered(session: Session) -> Mapping[str, int]:
    """Count each grid's households in the registry."""
    here = select(Household.grid_code, func.count()).where(Household.left_at.is_(None))
    return dict(session.execute(here.group_by(Household.grid_code)).all())


def grid_names(session: Session) -> Mapping[str, str]:
    """Return the names of grids."""
    return dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
