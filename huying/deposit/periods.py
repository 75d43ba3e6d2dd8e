"""Periods of deposits: ISO weeks, named `2026W48`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from huying.base.errors import Invalid
from huying.base.i18n import _

PERIOD = re.compile(r"([0-9]{4})W([0-9]{2})", re.ASCII)
MONDAY = 1


def period_of(day: date) -> str:
    """Return the name of the ISO week of a civil day; names sort as their weeks do."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}W{week:02d}"


def first_day(period: str) -> date:
    """Return the Monday of a period; raises Invalid where there is no such week."""
    parts = PERIOD.fullmatch(period)
    try:
        if parts:
            return date.fromisocalendar(int(parts[1]), int(parts[2]), MONDAY)
    except ValueError:
        pass
    raise Invalid(_("没有“%(period)s”这个周期；写法如 2026W48。", period=period))


def period_bounds(period: str, *, tz: tzinfo) -> tuple[datetime, datetime]:
    """Return the first instant of a period and the first after it, UTC, for a week of civil days in `tz`."""
    monday = first_day(period)
    try:
        start, stop = (
            datetime.combine(day, time(), tzinfo=tz).astimezone(UTC)
            for day in (monday, monday + timedelta(days=7))
        )
    except OverflowError:
        # The first and the last week of the calendar reach beyond it.
        raise Invalid(_("没有“%(period)s”这个周期；写法如 2026W48。", period=period)) from None
    return start, stop
