"""How long the end of a wave waits: for its release, and for the last signatures of its witnesses."""

from __future__ import annotations

from datetime import datetime, timedelta

WEEK = timedelta(days=7)
APPEAL = timedelta(days=90)
"""So long after the score somebody may appeal; then its answers are erased."""


def is_in_time(made_at: datetime | None, *, ended_at: datetime | None) -> bool:
    """Whether a release was made within a week of the field's end."""
    return made_at is not None and (ended_at is None or made_at < ended_at + WEEK)


def is_late(ended_at: datetime | None, *, now: datetime) -> bool:
    """Whether a week has gone since the field's end."""
    return ended_at is not None and now >= ended_at + WEEK
