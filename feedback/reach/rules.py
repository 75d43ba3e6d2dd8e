"""When a silent number is asked whether it still works: once at a chance moment, once more a day later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from hashlib import sha256

TEMPLATE = "ping"
"""The message that asks, and what it is for."""
AFTER_DAYS = 5
"""Days from the day of the last proof: with the working hours below, 4 to 6 days, within 7 of validity."""
WORKING_HOURS = (time(9), time(17))
AGAIN = timedelta(days=1)
MOST_ASKED = 2
DOUBTED_AGAIN = timedelta(hours=6)
"""How long a number that residents doubt isn't asked again, however many doubt it."""
NOBODY_HAS = ("dead", "vacant", "21211")
"""What carriers say of a number that doesn't exist; any other failure says nothing of it."""
ANSWERABLE = timedelta(days=3)
"""How long the link of a question opens."""


def due_at(
    identity: str,
    *,
    proven_at: datetime | None,
    asked: Sequence[datetime],
    suspected_at: datetime | None,
    now: datetime,
    timezone: tzinfo,
) -> datetime | None:
    """Return when the number `identity` is to be asked next; an instant up to `now` means at once.

    `proven_at` is when it was last known to work, `asked` when it was asked since. A number that a resident
    doubts, or that nobody has proven yet, is asked at once. None: it was asked enough, and now lapses.
    """
    since = sorted(each for each in asked if proven_at is None or each >= proven_at)
    if suspected_at is not None and (proven_at is None or suspected_at >= proven_at):
        return max(suspected_at, since[-1] + DOUBTED_AGAIN) if since else suspected_at
    if len(since) >= MOST_ASKED:
        return None
    if since:
        return since[-1] + AGAIN
    if proven_at is None:
        return _next_working(now, timezone)
    return _chance_moment(identity, proven_at=proven_at, timezone=timezone)


def _chance_moment(identity: str, *, proven_at: datetime, timezone: tzinfo) -> datetime:
    """Return a moment of working hours that nobody foresees, and that is the same at every look."""
    day = proven_at.astimezone(timezone).date() + timedelta(days=AFTER_DAYS)
    opens, closes = (_moment(day, clock, timezone) for clock in WORKING_HOURS)
    digest = sha256(f"{identity}/{proven_at.isoformat()}".encode()).digest()
    return opens + (closes - opens) * (int.from_bytes(digest[:4], "big") / 2**32)


def _next_working(now: datetime, timezone: tzinfo) -> datetime:
    local = now.astimezone(timezone)
    opens, closes = WORKING_HOURS
    if local.time() < opens:
        return _moment(local.date(), opens, timezone)
    if local.time() < closes:
        return now
    return _moment(local.date() + timedelta(days=1), opens, timezone)


def _moment(day: date, clock: time, timezone: tzinfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=timezone)
