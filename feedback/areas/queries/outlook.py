"""What a change of the map would move, shown before it is made; and what it left to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback.models import Case, Duty, Poster

OVER = ("confirmed", "unconfirmed", "ended")
"""States of cases that stay with the grid they were in."""


@dataclass(frozen=True, slots=True)
class AreaContents:
    """How much hangs on a grid: posters in use, cases that aren't over, duty that would end."""

    posters: int
    cases: int
    duties: int


def outlook(session: Session, code: str, *, now: datetime) -> AreaContents:
    """Return what a change of this grid would move."""
    posters = select(func.count()).where(Poster.grid_code == code, Poster.retired_at.is_(None))
    cases = select(func.count()).where(Case.grid_code == code, Case.state.not_in(OVER))
    duties = select(func.count()).where(
        Duty.grid_code == code,
        Duty.retracted_at.is_(None),
        or_(Duty.valid_to.is_(None), Duty.valid_to > now),
    )
    return AreaContents(*(session.scalar(query) or 0 for query in (posters, cases, duties)))


def undecided(session: Session) -> list[Poster]:
    """Return the posters whose part of a split grid nobody has named yet."""
    query = select(Poster).where(Poster.undecided, Poster.retired_at.is_(None))
    return list(session.scalars(query.order_by(Poster.grid_code, Poster.id)))
