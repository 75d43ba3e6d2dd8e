"""Which days are off: as the table has them now, and for a wave as they were sealed with it."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Holiday, Wave
from survey.waves.rules.slots import Calendar


def calendar(session: Session) -> Calendar:
    """Return the calendar as it is known now."""
    rows = session.execute(select(Holiday.day, Holiday.kind)).all()
    return Calendar(
        holidays=frozenset(day for day, kind in rows if kind == "holiday"),
        workdays=frozenset(day for day, kind in rows if kind == "workday"),
    )


def of(session: Session, wave: Wave) -> Calendar:
    """Return the calendar of a wave's calls: what was sealed, and holidays that became known since.

    The windows of a day are those that anybody reads in the sealed terms; a day that is off by now is never
    called, whatever was sealed.
    """
    now = calendar(session)
    sealed = json.loads(wave.terms) if wave.terms is not None else {}
    if "workdays" not in sealed:
        return now
    return Calendar(
        holidays=now.holidays | _days(sealed.get("holidays", ())), workdays=_days(sealed["workdays"])
    )


def _days(named: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in named)
