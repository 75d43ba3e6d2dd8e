"""What hangs on a grid and goes on to its successor; what is over stays where it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback.areas.queries.outlook import OVER
from feedback.cases.operations import steps
from feedback.duty import operations as duty
from feedback.models import Account, Case, Contact, Duty, Fallback, Poster, Remit, Worker

MOVED = "regrid"
"""The event of a step by which a case came under another grid; nobody's clock changes hands by it."""


def end_duty(session: Session, code: str, *, by: str, now: datetime) -> None:
    """End what runs and take back what never began; the past stays answerable."""
    rows = select(Duty).where(
        Duty.grid_code == code,
        Duty.retracted_at.is_(None),
        or_(Duty.valid_to.is_(None), Duty.valid_to > now),
    )
    for row in session.scalars(rows.order_by(Duty.id)).all():
        if row.valid_from < now:
            duty.close(session, row.id, at=now, by=by, now=now)
        else:
            duty.retract(session, row.id, by=by, now=now)


def move_posters(session: Session, code: str, *, to: str, undecided: bool) -> None:
    """Let the posters in use lead to another grid."""
    live = (Poster.grid_code == code, Poster.retired_at.is_(None))
    session.execute(update(Poster).where(*live).values(grid_code=to, undecided=undecided))


def move_cases(session: Session, code: str, *, to: str, now: datetime) -> None:
    """Bring the cases that aren't over under another grid, each by a step; holder and clock stay."""
    going = select(Case).where(Case.grid_code == code, Case.state.not_in(OVER)).order_by(Case.id)
    for case in session.scalars(going.with_for_update()).all():
        case.grid_code = to
        steps.keep(session, case, MOVED, actor="clock", now=now, note=f"{code} → {to}")


def move_people(session: Session, code: str, *, to: str) -> None:
    """Let workers and accounts that belong to a grid belong to its successor."""
    session.execute(update(Worker).where(Worker.area_code == code).values(area_code=to))
    session.execute(update(Account).where(Account.area_code == code).values(area_code=to))


def copy_offices(session: Session, code: str, *, to: str) -> None:
    """Let the institutions of a grid stand behind its successor as well, after those that do already."""
    taken = select(Fallback).where(Fallback.area_code == to)
    held = {each.contact_id for each in session.scalars(taken)}
    position = max((each.position for each in session.scalars(taken)), default=0)
    chain = select(Fallback).join(Contact).where(Fallback.area_code == code).order_by(Fallback.position)
    for step in session.scalars(chain).all():
        if step.contact_id not in held:
            position += 1
            session.add(Fallback(area_code=to, position=position, contact_id=step.contact_id))
    session.flush()


def copy_remit(session: Session, code: str, *, to: str, by: str, now: datetime) -> None:
    """Say of a successor what the remit says of a grid, unless another grid said it first."""
    said = set(session.scalars(select(Remit.category).where(Remit.area_code == to, Remit.valid_to.is_(None))))
    rows = select(Remit).where(Remit.area_code == code, or_(Remit.valid_to.is_(None), Remit.valid_to > now))
    for row in session.scalars(rows.order_by(Remit.id)).all():
        if row.category not in said:
            session.add(_remit(row, to=to, by=by, now=now))
            said.add(row.category)
    session.flush()


def end_remit(session: Session, code: str, *, now: datetime) -> None:
    """End what the remit says of a grid."""
    rows = select(Remit).where(Remit.area_code == code, Remit.valid_from < now)
    for row in session.scalars(rows.where(or_(Remit.valid_to.is_(None), Remit.valid_to > now))).all():
        row.valid_to, row.changed_at = now, now
    session.flush()


def _remit(row: Remit, *, to: str, by: str, now: datetime) -> Remit:
    return Remit(
        category=row.category,
        area_code=to,
        lead=row.lead,
        supporting=row.supporting,
        valid_from=max(row.valid_from, now),
        valid_to=row.valid_to,
        agreed_by=row.agreed_by,
        recorded_at=now,
        recorded_by=by,
        changed_at=now,
    )
