"""The days of a field: for how many hours each may be called, and what was dialled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from huying.base.clock import LOCAL, local
from survey.fieldwork.rules.board.forecast import FieldDay
from survey.fieldwork.rules.board.seat_work import DialCount
from survey.fieldwork.rules.queue import FieldRules
from survey.waves.rules.slots import SLOTS, Calendar

ANY_HOURS = 8.0
"""Hours that a day counts for where calls go at any hour."""
FARTHEST = 60


def hours(day: date, *, calendar: Calendar, after: time = time.min) -> float:
    """Return for how many hours the windows of a day are open after a moment of it."""
    if day in calendar.holidays:
        return 0.0
    weekday = calendar.is_weekday(day)
    open_for = timedelta()
    for slot in SLOTS:
        if slot.weekday == weekday and slot.stop > after:
            start = datetime.combine(day, max(slot.start, after))
            open_for += datetime.combine(day, slot.stop) - start
    return open_for / timedelta(hours=1)


def past(dialled: Mapping[str, DialCount], *, rules: FieldRules, today: date) -> list[FieldDay]:
    """Return the days before today on which was dialled, by `YYYY-MM-DD`."""
    days = ((date.fromisoformat(day), count) for day, count in dialled.items())
    return [FieldDay(day, _whole(day, rules) or ANY_HOURS, count.dials) for day, count in days if day < today]


def ahead(now: datetime, *, rules: FieldRules) -> list[FieldDay]:
    """Return the days from today on to the field's end, at most sixty; today's only what is left of it."""
    here = local(now)
    last = (
        local(rules.ends - timedelta(microseconds=1)).date()
        if rules.ends
        else here.date() + timedelta(days=FARTHEST)
    )
    days = [here.date() + timedelta(days=n) for n in range(min((last - here.date()).days, FARTHEST) + 1)]
    return [FieldDay(day, _left(day, here, rules)) for day in days]


def staffed(days: Sequence[FieldDay], *, seats: int, today: int) -> list[FieldDay]:
    """Return the days as if from tomorrow on so many seats worked, where so many do today."""
    more = seats / today
    return [*days[:1], *(replace(each, hours=each.hours * more) for each in days[1:])]


def _whole(day: date, rules: FieldRules) -> float:
    return ANY_HOURS if rules.any_hour else hours(day, calendar=rules.calendar)


def _left(day: date, here: datetime, rules: FieldRules) -> float:
    if day > here.date():
        return _whole(day, rules)
    if rules.any_hour:
        midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=LOCAL)
        return ANY_HOURS * ((midnight - here) / timedelta(days=1))
    return hours(day, calendar=rules.calendar, after=here.time())


def today_so_far(dialled: Mapping[str, DialCount], day: date, *, rules: FieldRules, left: float) -> FieldDay:
    """Return today as far as it is over: `left` hours of it are to come."""
    count = dialled.get(day.isoformat(), DialCount())
    return FieldDay(day, max(0.0, _whole(day, rules) - left), count.dials)
