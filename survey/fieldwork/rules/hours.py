"""When households may be called: the hard hours, and the four windows over which attempts are spread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType

from huying.base.clock import LOCAL, local
from survey.waves.rules.slots import ORDINARY, SLOTS, Calendar, Slot

HARD_HOURS = ((time(9), time(12)), (time(14, 30), time(21)))
FARTHEST_DAYS = 60


def may_dial(at: datetime, *, calendar: Calendar = ORDINARY) -> bool:
    """Whether anybody may be called at `at`, by appointment too."""
    here = local(at)
    if here.date() in calendar.holidays:
        return False
    return any(start <= here.time() < stop for start, stop in HARD_HOURS)


def window(at: datetime, *, calendar: Calendar = ORDINARY) -> str | None:
    """Return the window to which `at` belongs; None between windows and on holidays."""
    here = local(at)
    for slot in _slots(here.date(), calendar=calendar):
        if slot.start <= here.time() < slot.stop:
            return slot.window
    return None


def _slots(day: date, *, calendar: Calendar) -> Iterator[Slot]:
    if day not in calendar.holidays:
        weekday = calendar.is_weekday(day)
        yield from (slot for slot in SLOTS if slot.weekday == weekday)


def next_slot(after: datetime, *, calendar: Calendar = ORDINARY, avoid: str | None = None) -> datetime | None:
    """Return the first moment from `after` on that lies in a window other than `avoid`, within 60 days."""
    for name, start in openings(after, calendar=calendar):
        if name != avoid:
            return start
    return None


@lru_cache(maxsize=64)
def last_stops(until: datetime, *, calendar: Calendar = ORDINARY) -> Mapping[str, datetime]:
    """Return when the last slot of each window ends that begins before `until`, within 60 days before it."""
    found: dict[str, datetime] = {}
    for days in range(FARTHEST_DAYS + 1):
        day = local(until).date() - timedelta(days=days)
        for slot in reversed(list(_slots(day, calendar=calendar))):
            if datetime.combine(day, slot.start, tzinfo=LOCAL) < until:
                found.setdefault(slot.window, datetime.combine(day, slot.stop, tzinfo=LOCAL).astimezone(UTC))
    return MappingProxyType(found)


def slot_stop(at: datetime, *, calendar: Calendar = ORDINARY) -> datetime | None:
    """Return when the slot that `at` lies in ends; None between slots."""
    here = local(at)
    for slot in _slots(here.date(), calendar=calendar):
        if slot.start <= here.time() < slot.stop:
            return datetime.combine(here.date(), slot.stop, tzinfo=LOCAL).astimezone(UTC)
    return None


def next_hours(after: datetime, *, calendar: Calendar = ORDINARY) -> datetime | None:
    """Return the first moment from `after` on at which anybody may be called, within 60 days."""
    if may_dial(after, calendar=calendar):
        return after
    start = local(after)
    for days in range(FARTHEST_DAYS + 1):
        day = start.date() + timedelta(days=days)
        for opens, _closes in HARD_HOURS if day not in calendar.holidays else ():
            at = datetime.combine(day, opens, tzinfo=LOCAL)
            if at > start:
                return at.astimezone(UTC)
    return None


def openings(after: datetime, *, calendar: Calendar) -> Iterator[tuple[str, datetime]]:
    """Yield windows and the moments, not before `after`, at which their slots are first open."""
    start = local(after)
    for days in range(FARTHEST_DAYS + 1):
        day = start.date() + timedelta(days=days)
        for slot in _slots(day, calendar=calendar):
            if datetime.combine(day, slot.stop, tzinfo=LOCAL) > start:
                opens = max(datetime.combine(day, slot.start, tzinfo=LOCAL), start)
                yield slot.window, opens.astimezone(UTC)
