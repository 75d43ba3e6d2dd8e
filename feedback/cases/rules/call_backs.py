"""Whom an operator calls about a case: why, by when, and how often before nobody tries again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from feedback.cases.rules import deadlines
from huying.base.clock import LOCAL
from huying.base.i18n import Lazy, lazy
from huying.base.working_days import OfficialCalendar

ASKED, PROVE, CONTESTED, WORD = "asked", "prove", "contested", "word"
WHYS: Mapping[str, Lazy] = {
    ASKED: lazy("居民要人回电"),
    PROVE: lazy("核对电话"),
    CONTESTED: lazy("居民说没解决，回访"),
    WORD: lazy("问办好没有"),
}
MOST_TRIES = 3
HELD = timedelta(hours=2)
"""For so long a call is whose who took it; after that somebody else may."""
TAKEN, DONE, MISSED = "call_taken", "call_done", "call_missed"
STEPS = frozenset({TAKEN, DONE, MISSED})
"""Steps of a case by which an operator's call is told: nobody works on the case by them."""
UNREACHED = "unreached"


def due(urgency: str, *, since: datetime, calendar: OfficialCalendar) -> datetime:
    """Return by when somebody is called: the end of the last of so many working days, by urgency."""
    day = deadlines.call_back_by(urgency, since=since, calendar=calendar)
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LOCAL).astimezone(UTC)


def is_held(taken_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a call is somebody's now; what a clock took ahead of its time is nobody's for longer."""
    return taken_at is not None and abs(now - taken_at) < HELD


def outcome(tries: int) -> str:
    """Return what so many calls that nobody answered come to: nothing yet, or that nobody was reached."""
    return UNREACHED if tries >= MOST_TRIES else ""
