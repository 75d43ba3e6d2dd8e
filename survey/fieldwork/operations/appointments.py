"""Times that households ask for: one is open a case, kept where somebody dials within ten minutes of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.fieldwork.queries import appointments as queries
from survey.fieldwork.rules.queue import PUNCTUAL
from survey.models import Account, Appointment, SampledCase


def make(
    session: Session,
    unit: str,
    *,
    at: datetime,
    with_respondent: bool,
    by: Account,
    now: datetime,
    pinned: bool = False,
) -> Appointment:
    """Store the time that somebody asked for; the former one, if any is open, is over."""
    end(session, unit, now=now)
    row = Appointment(
        unit=unit,
        at=at,
        with_respondent=with_respondent,
        pinned_id=by.id if pinned else None,
        made_at=now,
        made_by_id=by.id,
    )
    session.add(row)
    session.flush()
    return row


def check_time(session: Session, case: SampledCase, *, now: datetime) -> None:
    """Raise Conflict where the household may not be called yet, by whatever way the case came to hand."""
    early = PUNCTUAL if queries.open_of(session, case.unit) else PUNCTUAL * 0
    if case.next_due > now + early:
        raise Conflict(_("还没有到可以再打这一户的时间。"))


def keep(session: Session, unit: str, *, now: datetime) -> None:
    """The household is dialled: an appointment for about now was kept, one for earlier wasn't."""
    row = queries.open_of(session, unit)
    if row is not None and row.kept is None and now >= row.at - PUNCTUAL:
        row.kept = now <= row.at + PUNCTUAL
        session.flush()


def time_of(session: Session, unit: str) -> datetime | None:
    """Return for when the household has an appointment."""
    row = queries.open_of(session, unit)
    return None if row is None else row.at


def end(session: Session, unit: str, *, now: datetime) -> None:
    """End the open appointment of a case; one whose time passed without a call wasn't kept."""
    row = queries.open_of(session, unit)
    if row is None:
        return
    row.ended_at = now
    if row.kept is None and now > row.at + PUNCTUAL:
        row.kept = False
    session.flush()
