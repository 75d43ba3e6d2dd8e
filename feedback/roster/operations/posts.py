"""Somebody is put on duty or taken off: the open cases go with it, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.duty.rules import Assignment
from feedback.models import Duty


def assign(session: Session, wanted: Assignment, *, by: str, now: datetime) -> Duty:
    """Put a worker on duty; what is open in the grid goes to whoever answers for it now."""
    row = duty.assign(session, wanted, by=by, now=now)
    hand_over(session, now=now, grids=[wanted.grid_code], by=by)
    return row


def close(session: Session, row: Duty, *, by: str, now: datetime) -> None:
    """End a duty now: whoever had it holds nothing there any more."""
    duty.close(session, row.id, at=now, by=by, now=now)
    hand_over(session, now=now, grids=[row.grid_code], by=by)


def retract(session: Session, row: Duty, *, by: str, now: datetime) -> None:
    """Take a duty back that was entered by mistake, and the cases with it."""
    duty.retract(session, row.id, by=by, now=now)
    hand_over(session, now=now, grids=[row.grid_code], by=by)
