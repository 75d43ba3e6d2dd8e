"""The only place that asks for the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return this instant, UTC, to the microsecond."""
    return datetime.now(UTC)


def local(at: datetime) -> datetime:
    """Return `at` as civil time of the place that is served."""
    return at.astimezone(LOCAL)


def civil_minute(at: datetime) -> str:
    """Return the civil time of `at` as `YYYY-MM-DDTHH:MM`, the form in which the ledger writes it."""
    return local(at).strftime("%Y-%m-%dT%H:%M")


def day(at: datetime) -> str:
    """Return the civil day of `at` as `YYYY-MM-DD`."""
    return local(at).strftime("%Y-%m-%d")


def stamp(at: datetime) -> str:
    """Return `at` as civil time with its offset, `YYYY-MM-DDTHH:MM:SS±HH:MM`, as the ledger writes it."""
    return local(at).isoformat(timespec="seconds")


def iso(at: datetime) -> str:
    """Return `at` in UTC as ISO 8601 with seconds and `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(at: datetime) -> datetime:
    """Return when the civil day of `at` began."""
    return local(at).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def week_began(at: datetime) -> datetime:
    """Return when the civil week of `at` began: midnight before its Monday."""
    today = local(at)
    return midnight(today - timedelta(days=today.weekday()))
