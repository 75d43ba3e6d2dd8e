"""The calendar of days off is taken in from a file; what is past stays as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.clock import local
from survey.models import Appointment, Holiday
from survey.waves.rules.days_off import HOLIDAY, USUAL, DayOff, TakenDays


def take(session: Session, days: Sequence[DayOff], *, by: str, now: datetime) -> TakenDays:
    """Set the days that a file names, from today on; other days stay as they are."""
    today = local(now).date()
    coming = [each for each in days if each.day >= today]
    known = {row.day: row for row in session.scalars(select(Holiday).where(Holiday.day >= today))}
    removed = [known[each.day] for each in coming if each.kind == USUAL and each.day in known]
    for row in removed:
        session.delete(row)
    stated = [each for each in coming if each.kind != USUAL]
    for each in stated:
        session.merge(Holiday(day=each.day, kind=each.kind, name=each.name, by=by, at=now))
    session.flush()
    off = _appointments(session, {each.day for each in stated if each.kind == HOLIDAY})
    return TakenDays(len(stated), len(removed), len(days) - len(coming), off)


def _appointments(session: Session, days: Iterable[date]) -> int:
    wanted = set(days)
    made = session.scalars(select(Appointment.at).where(Appointment.ended_at.is_(None)))
    return sum(local(at).date() in wanted for at in made)
