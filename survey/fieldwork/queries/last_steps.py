"""What was done last in a call, so that one key takes it back; the call that just ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import call_answers
from survey.models import Account, Answer, Attempt, AttemptAnswer, DoNotCall
from survey.waves.queries import opted_out

AFTERWARDS = timedelta(minutes=10)
"""So long after a call ended its interviewer can still record the wish, as with the closing words."""
WISH = "wish"


@dataclass(frozen=True, slots=True)
class LastStep:
    """The last thing done in a call: an answer to `item`, or without one the wish never to be called again.

    `mark` names this very step.
    """

    mark: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class CallSteps:
    """What a call can take back (`last`); whether the household wishes no call, and nothing was answered."""

    last: LastStep | None
    is_wished: bool
    is_fresh: bool


def of_call(session: Session, attempt: Attempt, *, by: Account) -> CallSteps:
    """Return what was done in a call by its interviewer, and what of it can be taken back."""
    wish, answer = _wish(session, attempt, by=by), _answer(session, attempt)
    is_wished = opted_out.has(session, attempt.unit)
    if wish is not None and (answer is None or wish[0] >= answer[0]):
        return CallSteps(LastStep(wish_mark(wish[1])), is_wished, answer is None)
    last = LastStep(answer_mark(*answer[1:]), answer[1]) if answer else None
    return CallSteps(last, is_wished, answer is None)


@dataclass(frozen=True, slots=True)
class PartedCall:
    """The call that its interviewer just ended, and what of it can be taken back."""

    unit: str
    steps: CallSteps


def parted(session: Session, *, interviewer: Account, now: datetime) -> PartedCall | None:
    """Return the interviewer's last call if it has just ended: a wish said in parting belongs to it."""
    last = _just_ended(session, interviewer=interviewer, now=now)
    return PartedCall(last.unit, of_call(session, last, by=interviewer)) if last else None


def _just_ended(session: Session, *, interviewer: Account, now: datetime) -> Attempt | None:
    last = session.scalar(_last(), {"interviewer": interviewer.id})
    if last is None or last.dialled_at is None or last.ended_at is None:
        return None
    return last if now - last.ended_at <= AFTERWARDS else None


@cache
def _last() -> Select[Attempt]:
    mine = select(Attempt).where(Attempt.interviewer_id == bindparam("interviewer"))
    return mine.order_by(Attempt.id.desc()).limit(1)


def wish_mark(wish: str) -> str:
    """Return what names a wish among the steps of a call."""
    return f"{WISH}.{wish}"


def answer_mark(item: str, rev: int) -> str:
    """Return what names a revision of an answer among the steps of a call."""
    return f"{item}.{rev}"


def _wish(session: Session, attempt: Attempt, *, by: Account) -> tuple[datetime, str] | None:
    wish = (
        select(DoNotCall.at, DoNotCall.wish)
        .where(DoNotCall.unit == attempt.unit, opted_out.STANDS, DoNotCall.by == by.login)
        .where(_since(attempt), DoNotCall.how == "call")
    )
    found = session.execute(wish.order_by(DoNotCall.id.desc()).limit(1)).first()
    return (found.at, found.wish) if found else None


def _since(attempt: Attempt) -> ColumnElement[bool]:
    # What was recorded with the call's end, or before it, is taken back no more.
    if attempt.ended_at is not None:
        return DoNotCall.at > attempt.ended_at
    return DoNotCall.at >= attempt.started_at


def _answer(session: Session, attempt: Attempt) -> tuple[datetime, str, int] | None:
    """The last answer of a call that is under way, to an item of the call or of the interview."""
    if attempt.ended_at is not None or attempt.dialled_at is None:
        return None
    of_call = select(AttemptAnswer.at, AttemptAnswer.item, AttemptAnswer.rev).where(
        AttemptAnswer.attempt_id == attempt.id, call_answers.on_last_number(attempt.id)
    )
    of_interview = select(Answer.at, Answer.item, Answer.rev).where(Answer.unit == attempt.unit)
    found = [
        *_latest(session, of_call, AttemptAnswer),
        *_latest(session, of_interview.where(Answer.at >= attempt.dialled_at), Answer),
    ]
    return max(found, key=lambda each: each[0], default=None)


def _latest(
    session: Session, rows: Select[datetime, str, int], table: type[Answer] | type[AttemptAnswer]
) -> list[tuple[datetime, str, int]]:
    return [(at, item, rev) for at, item, rev in session.execute(rows.order_by(table.id.desc()).limit(1))]
