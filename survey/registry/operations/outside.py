"""Counts from outside are kept with source and date; none is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from huying.base import clock, public_text
from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.models import OutsideCount
from survey.registry.rules.outside import GridCount

LONGEST_SOURCE = 80


def keep(
    session: Session, counts: Sequence[GridCount], *, source: str, day: date, by: str, now: datetime
) -> None:
    """Keep what a source counts in some grids as of a day; raise Invalid for a day to come or no source."""
    if day > clock.local(now).date():
        raise Invalid(_("统计的日期还没有到。"))
    named = public_text.reason(source)[:LONGEST_SOURCE]
    for count in counts:
        session.add(
            OutsideCount(
                grid_code=count.grid, source=named, day=day, households=count.households, by=by, at=now
            )
        )
    session.flush()
