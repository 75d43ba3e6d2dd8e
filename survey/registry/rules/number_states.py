"""What the calls to a number say of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from huying.base.clock import local

NUMBER_BAD = "number_bad"
"""What one call proves of a number by itself: a fax answers it."""


def number_state(results: Iterable[tuple[datetime, str]]) -> str:
    """Return `untested`, `live`, `suspect` or `bad` from a number's results (when, code) over its history.

    Bad is a number that proved suspect on two different days and was never live in between or since.
    """
    suspect_days: set[date] = set()
    state = "untested"
    for at, code in sorted(results):
        if code == NUMBER_BAD:
            state = "bad"
        elif code == "number_suspect":
            suspect_days.add(local(at).date())
            state = "bad" if len(suspect_days) >= 2 else "suspect"
        elif code not in FREE_OF_EFFORT:
            suspect_days.clear()
            state = "live"
    return state


FREE_OF_EFFORT = frozenset({"technical_ours", "cancelled_by_us"})
"""Our own faults: they cost the household nothing and count as nothing."""
