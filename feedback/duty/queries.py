"""Who holds a grid: now, at an instant, as it was told then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.duty.rules import DutyRow, live_duty, told_duty
from feedback.models import Duty


def current(session: Session, grid_code: str, *, at: datetime) -> Duty | None:
    """Return the duty that answers for a grid at `at`: of the live rows that contain it, the highest."""
    return live(rows(session, grid_code), at=at)


def rows(session: Session, grid_code: str) -> list[Duty]:
    """Return all duty rows of a grid that were not retracted, the earliest first."""
    query = select(Duty).where(Duty.grid_code == grid_code, Duty.retracted_at.is_(None))
    return list(session.scalars(query.order_by(Duty.valid_from, Duty.id)))


def live(found: Sequence[Duty], *, at: datetime) -> Duty | None:
    """Return which of one grid's rows holds at `at`, as it is known today, or None."""
    by_row = {policy_row(each): each for each in found}
    row = live_duty(list(by_row), at=at)
    return by_row[row] if row else None


def every(session: Session, grid_code: str) -> list[Duty]:
    """Return all duty rows of a grid that were ever entered, retracted ones too."""
    query = select(Duty).where(Duty.grid_code == grid_code)
    return list(session.scalars(query.order_by(Duty.valid_from, Duty.id)))


def told(found: Sequence[Duty], *, at: datetime) -> Duty | None:
    """Return which of all rows of a grid answered at `at`, by what was known at `at`, or None."""
    by_row = {policy_row(each): each for each in found}
    row = told_duty(list(by_row), at=at)
    return by_row[row] if row else None


def grids_of(session: Session, worker_code: str, *, at: datetime) -> list[Duty]:
    """Return the duty by which a worker answers at an instant, one a grid."""
    held = select(Duty.grid_code).where(
        Duty.worker_code == worker_code,
        Duty.retracted_at.is_(None),
        Duty.valid_from <= at,
        or_(Duty.valid_to.is_(None), Duty.valid_to > at),
    )
    answering = (
        current(session, grid, at=at) for grid in session.scalars(held.distinct().order_by(Duty.grid_code))
    )
    return [row for row in answering if row is not None and row.worker_code == worker_code]


def policy_row(duty: Duty) -> DutyRow:
    """Return a duty as the policy knows it."""
    return DutyRow(
        grid=duty.grid_code,
        worker=duty.worker_code,
        layer=duty.layer,
        valid_from=duty.valid_from,
        valid_to=duty.valid_to,
        retracted_at=duty.retracted_at,
        recorded_at=duty.recorded_at,
    )


def overlapping(
    session: Session, grid_code: str, *, layer: int, valid_from: datetime, valid_to: datetime | None
) -> Duty | None:
    """Return a live row of that grid and layer which shares an instant with [valid_from, valid_to)."""
    query = select(Duty).where(
        Duty.grid_code == grid_code,
        Duty.layer == layer,
        Duty.retracted_at.is_(None),
        or_(Duty.valid_to.is_(None), Duty.valid_to > valid_from),
    )
    if valid_to is not None:
        query = query.where(Duty.valid_from < valid_to)
    return session.scalar(query.order_by(Duty.valid_from).limit(1))
