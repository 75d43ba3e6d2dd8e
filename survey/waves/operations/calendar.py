"""A year's freezes are announced in the ledger, ahead."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from huying.base.clock import local
from survey import campaign
from survey.drawing import result_entries
from survey.models import LEDGER, FreezeCalendar
from survey.waves.rules import calendar
from survey.waves.rules.calendar import YearOfFreezes


def announce(session: Session, days: Iterable[date], *, now: datetime) -> YearOfFreezes:
    """Log the days of a year's freezes; raise Invalid for days that are past or of several years.

    Said again for a year, the days count beside those that were said before: nothing is taken back.
    """
    campaign.campaign_lock(session)
    found = calendar.year_of(days, today=local(now).date())
    line = result_entries.calendar(year=found.year, dates=found.dates)
    entry = LEDGER.append(session, line, at=now)
    session.add(FreezeCalendar(entry=entry, year=found.year, dates=json.dumps(list(found.dates)), at=now))
    session.flush()
    return found
