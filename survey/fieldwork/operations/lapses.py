"""A case leaves a seat that let it go: before a dial it costs nothing, after one it was an attempt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.campaign import campaign_lock
from survey.fieldwork.operations import claims, outcomes
from survey.fieldwork.queries import dials, held_cases, interviews
from survey.fieldwork.rules.attempts import SOON
from survey.fieldwork.rules.dials import attempt_code, unfinished
from survey.models import Account, Attempt, SampledCase

LEASE, HAND_BACK = "lease", "hand_back"


def sweep(session: Session, *, now: datetime) -> int:
    """Free every case whose lease ran out, answers kept; return how many.

    Before a dial it may be called again soon. After one it was an attempt like any other: what its dial last
    told decides how it counts and when the household may be tried again. It wakes by itself, never with a
    claim: what a seat that went silent held must not wait for somebody who wants a case.
    """
    # What is placed below stands before or after a claim, never within: the order of the log is the queue's.
    campaign_lock(session)
    expired = select(SampledCase).where(SampledCase.lease_until < now).order_by(SampledCase.unit)
    # A case whose seat is just ending its call isn't silent, and that seat waits for the lock above.
    cases = session.scalars(expired.with_for_update(skip_locked=True)).all()
    for case in cases:
        _let_go(session, case, ended_by=LEASE, note="", now=now, due=now + SOON)
    return len(cases)


def hand_back(session: Session, unit: str, *, by: Account, reason: str, now: datetime) -> None:
    """Take a case from its holder (a supervisor does), for another; it costs the household nothing.

    Once a number was dialled it is an attempt all the same. Raises Conflict once somebody was reached: nobody
    ends a talk from outside.
    """
    case = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if case is None or case.holder_id is None:
        raise Conflict(_("这一户已经没有人拿着了。"))
    if case.state != "held":
        raise Conflict(_("这一户已经接通，要等访问员记下通话结果，不能收回。"))
    _let_go(session, case, ended_by=HAND_BACK, note=f"{by.login}: {reason}", now=now, due=now)


def hand_back_from(session: Session, seat: int, *, by: Account, reason: str, now: datetime) -> None:
    """Take from a seat the case in hand; raise Conflict where it holds none, or somebody was reached."""
    unit = held_cases.unit_held_at(session, seat)
    if unit is None:
        raise Conflict(_("这个座席手上已经没有户了。"))
    hand_back(session, unit, by=by, reason=reason, now=now)


def _let_go(
    session: Session, case: SampledCase, *, ended_by: str, note: str, now: datetime, due: datetime
) -> None:
    attempt = held_cases.attempt_in_hand(session, case)
    attempt.note = note
    if attempt.dialled_at is not None:
        code = _last_known(session, case, attempt)
        outcomes.settle(session, case, attempt=attempt, code=code, now=now, ended_by=ended_by)
        return
    attempt.ended_at, attempt.ended_by, attempt.set_by = now, ended_by, "rule"
    claims.free(session, case, next_due=max(due, case.next_due), priority=case.priority)


def _last_known(session: Session, case: SampledCase, attempt: Attempt) -> str:
    """How an attempt ended whose interviewer went silent."""
    if case.state == "held":
        codes = [dial.code or unfinished(dial.state) for dial in dials.of_attempt(session, attempt)]
        return attempt_code(codes or ["no_answer"])
    interview = interviews.so_far(session, case.unit)
    if interview.completeness is None:
        return "cut_off"
    if interview.next_item is None and interview.completeness == "complete":
        return "complete"
    return "suspended_partial"
