"""The remit: which department answers for a category where, at any instant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from feedback.models import Area, Remit
from huying.ledger import canonical


def responsible(session: Session, *, category: str, area_code: str, at: datetime) -> Remit | None:
    """Return what the remit says of a category in an area at `at`; the nearest area upward counts."""
    area = session.get(Area, area_code)
    seen: set[str] = set()
    while area is not None and area.code not in seen:
        seen.add(area.code)
        found = session.scalar(_live(category, area.code, at=at))
        if found is not None:
            return found
        area = session.get(Area, area.parent_code) if area.parent_code else None
    return None


def supporting(row: Remit) -> tuple[str, ...]:
    """Return the codes of the departments that support the one that leads."""
    listed: list[str] = canonical.load(row.supporting)
    return tuple(listed)


def _live(category: str, area_code: str, *, at: datetime) -> Select[Remit]:
    return select(Remit).where(
        Remit.category == category,
        Remit.area_code == area_code,
        Remit.valid_from <= at,
        or_(Remit.valid_to.is_(None), Remit.valid_to > at),
    )
