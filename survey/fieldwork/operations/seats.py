"""A seat's shift: the next case by one press however often it is sent, breaks, the end of the day, notes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey import campaign
from survey.fieldwork.operations import claims, queue
from survey.fieldwork.queries import held_cases, shifts
from survey.models import Account, CallNote, SampledCase, SeatBreak
from survey.models.desk import BREAKS

LONGEST_NOTE = 500
TAB = 32


def next_case(session: Session, *, interviewer: Account, once: str, now: datetime) -> SampledCase | None:
    """Claim the next case; the same press sent twice leads to the same case. A seat on break gets none.

    Raises Conflict where the case in hand was claimed by another press: it is open in another tab.
    """
    mark = once[:TAB]
    # Before the look at what is in hand: two presses of one seat come one after the other.
    campaign.campaign_lock(session)
    if mine := held_cases.held(session, interviewer=interviewer):
        if mine.tab != mark:
            raise Conflict(_("有一户已经在您手上。"))
        return mine
    if shifts.running_break(session, interviewer.id) is not None:
        raise Conflict(_("您正在休息，要先按“回来接着打”。"))
    found = queue.next_free(session, interviewer=interviewer, now=now)
    if found is not None:
        found.tab = mark
        session.flush()
    return found


def ask_for_break(session: Session, *, interviewer: Account, reason: str, now: datetime) -> None:
    """Let the seat be given no case from now on, or from the end of the case in hand on. Twice is once."""
    if reason not in BREAKS:
        raise Refused(_("请选择为什么休息。"), status=422)
    if shifts.running_break(session, interviewer.id) is None:
        session.add(SeatBreak(interviewer_id=interviewer.id, reason=reason, asked_at=now))
        session.flush()


def end_break(session: Session, *, interviewer: Account, now: datetime) -> None:
    """Let the seat be given cases again."""
    running = shifts.running_break(session, interviewer.id)
    if running is not None:
        running.ended_at = now
    session.flush()


def note(session: Session, unit: str, *, interviewer: Account, fence: int, text: str, now: datetime) -> None:
    """Keep a note of the call that is under way; the same one twice is one."""
    case = claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    attempt, text = held_cases.attempt_in_hand(session, case), text.strip()[:LONGEST_NOTE]
    if not text:
        raise Refused(_("备注还是空的。"), status=422)
    written = select(CallNote.text).where(CallNote.unit == unit, CallNote.attempt == attempt.n)
    if text not in set(session.scalars(written)):
        session.add(CallNote(unit=unit, attempt=attempt.n, at=now, by_id=interviewer.id, text=text))
        session.flush()
