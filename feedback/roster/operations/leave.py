"""A worker is away, and another stands in, in every grid that is held then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.duty.rules import HOLDER, PLANNED_COVER, Assignment
from feedback.models import Duty
from feedback.roster.rules.weeks import LeaveRequest, begins
from huying.base.errors import Invalid
from huying.base.i18n import _

LONGEST_LEAVE = timedelta(days=366)


def grant(session: Session, leave: LeaveRequest, *, by: str, now: datetime) -> list[Duty]:
    """Let the cover stand in for the worker in each grid held in those days.

    Raise Invalid where that can't be, Conflict where somebody covers there already.
    """
    if leave.worker_code == leave.cover_code:
        raise Invalid(_("代班的人要和请假的人不同。"))
    if leave.last < leave.first:
        raise Invalid(_("请假的最后一天要不早于第一天。"))
    start, end = max(begins(leave.first), now), begins(leave.last + timedelta(days=1))
    if end <= now or end - start > LONGEST_LEAVE:
        raise Invalid(_("请假的日子要在今天以后，最长一年。"))
    held = _held_by(session, leave.worker_code, start=start, end=end)
    if not held:
        raise Invalid(_("这段时间没有安排这位网格员值守，不用请假。"))
    covers = [
        Assignment(
            row.grid_code,
            leave.cover_code,
            PLANNED_COVER,
            valid_from=max(start, row.valid_from),
            valid_to=min(end, row.valid_to) if row.valid_to else end,
            reason=leave.reason,
        )
        for row in held
    ]
    granted = [duty.assign(session, cover, by=by, now=now) for cover in covers]
    hand_over(session, now=now, grids=[cover.grid_code for cover in covers], by=by)
    return granted


def _held_by(session: Session, worker_code: str, *, start: datetime, end: datetime) -> list[Duty]:
    query = select(Duty).where(
        Duty.worker_code == worker_code,
        Duty.layer == HOLDER,
        Duty.retracted_at.is_(None),
        Duty.valid_from < end,
        or_(Duty.valid_to.is_(None), Duty.valid_to > start),
    )
    return list(session.scalars(query.order_by(Duty.grid_code, Duty.valid_from)))
