"""What earlier calls left behind for whoever holds this household now: of this household alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Account, Attempt, CallNote, SampledCase


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """One earlier call: when, how it ended, what its interviewer wrote; never by whom."""

    n: int
    at: datetime
    code: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HouseholdNotes:
    """The earlier calls to a household, the latest first, and the notes of the call that is under way."""

    earlier: tuple[EarlierCall, ...]
    now: tuple[str, ...]


def of_household(session: Session, unit: str, *, attempt: int) -> HouseholdNotes:
    """Return what is known of a household's calls before attempt `attempt`, and what was noted in it."""
    written = _notes(session, unit)
    dialled = select(Attempt).where(
        Attempt.unit == unit, Attempt.n < attempt, Attempt.dialled_at.is_not(None)
    )
    earlier = [
        EarlierCall(each.n, each.dialled_at, each.code, (*written.get(each.n, ()), *_own_note(each)))
        for each in session.scalars(dialled.order_by(Attempt.n.desc()))
        if each.dialled_at is not None
    ]
    return HouseholdNotes(tuple(earlier), tuple(written.get(attempt, ())))


def last_code(session: Session, unit: str, *, interviewer: Account) -> str | None:
    """Return how the household's last attempt ended if it was this interviewer who ended it."""
    last = session.scalar(select(Attempt).where(Attempt.unit == unit).order_by(Attempt.n.desc()).limit(1))
    mine = last is not None and last.interviewer_id == interviewer.id and last.ended_by == "interviewer"
    return last.code if last is not None and mine else None


def coded_under(session: Session, unit: str, *, interviewer: Account, fence: int) -> str | None:
    """Return how the interviewer ended the last call to a household if it was the one under this fence."""
    case = session.get(SampledCase, unit)
    if case is None or case.fence != fence or case.holder_id is not None:
        return None
    return last_code(session, unit, interviewer=interviewer)


def _notes(session: Session, unit: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = select(CallNote.attempt, CallNote.text).where(CallNote.unit == unit).order_by(CallNote.id)
    for attempt, text in session.execute(rows):
        found.setdefault(attempt, []).append(text)
    return found


def _own_note(attempt: Attempt) -> tuple[str, ...]:
    """Return what was written as the call ended; a supervisor's reason names people, and isn't shown."""
    return (attempt.note,) if attempt.note and attempt.ended_by == "interviewer" else ()
