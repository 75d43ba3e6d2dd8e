"""When messages may go: not at night, but for life and property and for what somebody asks for just then."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

USUAL, URGENT, ASKED = "usual", "urgent", "asked"
PRIORITIES = (USUAL, URGENT, ASKED)
QUIET_FROM, QUIET_TO = time(21), time(8)
BACKOFF = (1, 2, 5, 15, 60, 180, 360)
"""Minutes until a message that wasn't processed is tried again."""
STALE = timedelta(days=3)
"""After how long a message that never left says nothing that still holds."""


def is_quiet(at: datetime, *, timezone: tzinfo) -> bool:
    """Tell whether it is night where people are served."""
    local = at.astimezone(timezone).time()
    return local >= QUIET_FROM or local < QUIET_TO


def goes(priority: str, *, at: datetime, timezone: tzinfo) -> bool:
    """Tell whether a message of this priority may go now."""
    return priority != USUAL or not is_quiet(at, timezone=timezone)


def again_at(identity: int, *, attempts: int, now: datetime) -> datetime | None:
    """Return when to try once more, never at the same instant as others; None where it was tried enough."""
    if attempts > len(BACKOFF):
        return None
    minutes = BACKOFF[attempts - 1]
    return now + timedelta(minutes=minutes, seconds=minutes * 15 * (identity % 7) / 7)


def morning_after(at: datetime, *, timezone: tzinfo) -> datetime:
    """Return when the quiet hours that an instant lies in end."""
    local = at.astimezone(timezone)
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_TO, tzinfo=timezone)
