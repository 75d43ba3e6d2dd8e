"""Which days are off: as the table has them now, and for a wave as they were sealed with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from huying.base.clock import local
from survey.models import Holiday, Wave
from survey.waves.rules import days_off
from survey.waves.rules.slots import Calendar


def calendar(session: Session) -> Calendar:
    """Return the calendar as it is known now."""
    return _calendar(session.execute(_days_off()).all())


@cache
def _days_off() -> Select[date, str]:
    return select(Holiday.day, Holiday.kind)


def coming(session: Session, *, now: datetime) -> Calendar:
    """Return what the calendar says of today and later days."""
    later = select(Holiday.day, Holiday.kind).where(Holiday.day >= local(now).date())
    return _calendar(session.execute(later).all())


def _calendar(rows: Iterable[Row[date, str]]) -> Calendar:
    known = [(day, kind) for day, kind in rows]
    return Calendar(
        holidays=frozenset(day for day, kind in known if kind == "holiday"),
        workdays=frozenset(day for day, kind in known if kind == "workday"),
    )


def every(session: Session) -> Sequence[Holiday]:
    """Return the days of the calendar, in their order."""
    return session.scalars(select(Holiday).order_by(Holiday.day)).all()


def end(session: Session) -> date | None:
    """Return until when the calendar is known; None where it is empty."""
    return days_off.end(session.scalars(select(Holiday.day)))


def field_end(session: Session) -> date | None:
    """Return the last day of the fields that are open or to come; None where there are none."""
    coming = select(Wave.field_ends_at).where(
        Wave.state.in_(("frozen", "called", "drawn")), Wave.ended_at.is_(None)
    )
    ends = [at for at in session.scalars(coming) if at is not None]
    return local(max(ends) - timedelta(microseconds=1)).date() if ends else None


def of(session: Session, wave: Wave) -> Calendar:
    """Return the calendar of a wave's calls: what was sealed, and holidays that became known since.

    The windows of a day are those that anybody reads in the sealed terms; a day that is off by now is never
    called, whatever was sealed.
    """
    now, sealed = calendar(session), _sealed(wave.terms)
    if sealed is None:
        return now
    return Calendar(holidays=now.holidays | sealed.holidays, workdays=sealed.workdays)


@lru_cache(maxsize=64)
def _sealed(terms: str | None) -> Calendar | None:
    found = json.loads(terms) if terms is not None else {}
    if "workdays" not in found:
        return None
    return Calendar(holidays=_days(found.get("holidays", ())), workdays=_days(found["workdays"]))


def _days(named: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in named)
