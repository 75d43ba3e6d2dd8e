"""Who holds a grid: now, at an instant, as it was told then."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.duty.rules import Assignment, DutyRow, live_duty, told_duty
from feedback.models import Area, Duty, Worker
from huying.base.errors import NotFound
from huying.base.i18n import _


def current(session: Session, grid_code: str, *, at: datetime) -> Duty | None:
    """Return the duty that answers for a grid at `at`: of the live rows that contain it, the highest."""
    return live(rows(session, grid_code), at=at)


def serving(session: Session, grids: Collection[str], *, at: datetime) -> dict[str, str]:
    """Return which worker in service answers for each of these grids at `at`; a vacant grid isn't there.

    Whoever has retired serves nowhere, even where a clock that was put back says that the duty still runs.
    """
    in_service = select(Worker.code).where(Worker.active)
    held = select(Duty).where(
        Duty.worker_code.in_(in_service),
        Duty.retracted_at.is_(None),
        Duty.valid_from <= at,
        or_(Duty.valid_to.is_(None), Duty.valid_to > at),
    )
    by_grid: dict[str, list[Duty]] = {}
    for row in session.scalars(held):
        if row.grid_code in grids:
            by_grid.setdefault(row.grid_code, []).append(row)
    answering = {grid: live(found, at=at) for grid, found in by_grid.items()}
    return {grid: row.worker_code for grid, row in answering.items() if row is not None}


def rows(session: Session, grid_code: str) -> list[Duty]:
    """Return all duty rows of a grid that were not retracted, the earliest first."""
    query = select(Duty).where(Duty.grid_code == grid_code, Duty.retracted_at.is_(None))
    return list(session.scalars(query.order_by(Duty.valid_from, Duty.id)))


def rows_of_several(session: Session, grids: Collection[str]) -> dict[str, list[Duty]]:
    """Return what `rows` returns for each of these grids, in one statement."""
    query = select(Duty).where(Duty.grid_code.in_(grids), Duty.retracted_at.is_(None))
    found: dict[str, list[Duty]] = {grid: [] for grid in grids}
    for row in session.scalars(query.order_by(Duty.valid_from, Duty.id)):
        found[row.grid_code].append(row)
    return found


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


def overlapping(session: Session, wanted: Assignment) -> Duty | None:
    """Return a live row of that grid and layer which shares an instant with what is wanted."""
    query = select(Duty).where(
        Duty.grid_code == wanted.grid_code,
        Duty.layer == wanted.layer,
        Duty.retracted_at.is_(None),
        or_(Duty.valid_to.is_(None), Duty.valid_to > wanted.valid_from),
    )
    if wanted.valid_to is not None:
        query = query.where(Duty.valid_from < wanted.valid_to)
    return session.scalar(query.order_by(Duty.valid_from).limit(1))


def of_grid(session: Session, duty_id: int, *, grid_code: str) -> Duty:
    """Return a duty of a grid; raise NotFound for another grid's."""
    row = session.get(Duty, duty_id)
    if row is None or row.grid_code != grid_code:
        raise NotFound(_("这个网格没有这条值守。"))
    return row


def grids_held(session: Session, worker_code: str, *, since: datetime | None = None) -> dict[str, str]:
    """Return the names of the grids that a worker was ever put on duty in, or since an instant, by code."""
    held = (
        select(Area.code, Area.name)
        .join(Duty, Duty.grid_code == Area.code)
        .where(Duty.worker_code == worker_code, Duty.retracted_at.is_(None))
    )
    if since is not None:
        held = held.where(or_(Duty.valid_to.is_(None), Duty.valid_to > since))
    return {code: name for code, name in session.execute(held.distinct().order_by(Area.code))}  # noqa: C416
