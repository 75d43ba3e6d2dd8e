"""How a deposited row stands: whether a campaign may draw it, and what is known of it without a call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from survey.kinds import CASE_FOLLOWUP

STAFF = "staff"
"""Cases that workers opened themselves: they earn nothing, so they are counted nowhere."""
OVER = frozenset({"ended"})
"""Withdrawn, joined with another, or out of scope."""
SOLVED_SAYS_RESIDENT, UNSOLVED_SAYS_RESIDENT = "confirmed", "contested"
LAPSED, WAITING = "unconfirmed", "declared"
"""The resident said nothing in time, or nothing certain; may still say something."""


class RowStanding(StrEnum):
    """What is known: nothing (a campaign may ask), a resident's yes or no, or that the date is past."""

    SILENT = "silent"
    CONFIRMED = "confirmed"
    DENIED = "denied"
    OVERDUE = "overdue"


def of(kind: str, cells: Mapping[str, str], *, made_at: datetime) -> RowStanding | None:
    """Return how a row stood when its deposit was made; None where it isn't counted.

    A claimed visit and a live poster are always silent: only a call tells what is true of them.
    """
    return of_case(cells, made_at=made_at) if kind == CASE_FOLLOWUP else RowStanding.SILENT


def of_case(cells: Mapping[str, str], *, made_at: datetime) -> RowStanding | None:
    """Return how a case stood; None where it is out of scope, a worker's own, or not due yet.

    Silent is a case that was reported solved and of which its resident said nothing. Whoever said that they
    can't tell did reply, and didn't confirm.
    """
    state = cells["state"]
    if cells["source"] == STAFF or state in OVER or state == WAITING:
        return None
    if state == SOLVED_SAYS_RESIDENT:
        return RowStanding.CONFIRMED
    if state == LAPSED:
        return RowStanding.DENIED if cells["word"] else RowStanding.SILENT
    if state == UNSOLVED_SAYS_RESIDENT:
        return RowStanding.DENIED
    return RowStanding.OVERDUE if datetime.fromisoformat(cells["due"]) <= made_at else None
