"""Who held a grid, as the deposits tell it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Post


@dataclass(frozen=True, slots=True)
class Holder:
    """Who held a grid, by staff code, and from when to when as far as the figures reach."""

    staff: str
    since: datetime
    until: datetime


def of(session: Session, unit: str, *, since: datetime, until: datetime) -> list[Holder]:
    """Who held the grid while its figures were gathered, as the deposits tell it, the first one first."""
    rows = session.scalars(select(Post).where(Post.grid_code == unit).order_by(Post.period, Post.valid_from))
    # A duty is told again in each period that it touches: the last one says how it ended.
    last = {(row.staff_code, row.valid_from): row for row in rows}
    found = [
        Holder(row.staff_code, max(row.valid_from, since), min(row.valid_to or until, until))
        for row in last.values()
    ]
    return sorted(
        (each for each in found if each.since < each.until), key=lambda each: (each.since, each.staff)
    )
