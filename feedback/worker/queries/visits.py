"""Visits, read and opened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Area, Visit
from huying.base.phones import Vault


def number_of(visit: Visit, *, vault: Vault) -> str:
    """Return the number of who was visited, E.164; empty where none was given."""
    if visit.sealed_number is None:
        return ""
    return vault.open(visit.sealed_number, where=seal_context(visit.code, "number"))


def address_of(visit: Visit, *, vault: Vault) -> str:
    """Return where the visit was; empty where it wasn't said."""
    if visit.sealed_address is None:
        return ""
    return vault.open(visit.sealed_address, where=seal_context(visit.code, "address"))


def seal_context(code: str, column: str) -> str:
    """Return what a column of a visit is sealed for."""
    return f"visit.{column}:{code}"


def latest(session: Session, worker_code: str, *, most: int) -> list[tuple[Visit, Area]]:
    """Return the visits that a worker claimed, each with its grid, the latest first."""
    own = (
        select(Visit, Area)
        .join(Area, Area.code == Visit.grid_code)
        .where(Visit.worker_code == worker_code)
        .order_by(Visit.visited_at.desc(), Visit.id.desc())
    )
    return [(visit, area) for visit, area in session.execute(own.limit(most))]
