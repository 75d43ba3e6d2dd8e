"""The grids that the registry may name: those of the last deposit."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.known_areas import KnownAreas
from survey.models import Area


def known(session: Session) -> KnownAreas:
    """Return the grids by code and name; none before the first deposit."""
    columns = select(Area.code, Area.name).where(Area.level == "grid")
    return KnownAreas.of(session.execute(columns).all())
