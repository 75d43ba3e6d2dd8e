"""Who holds which case: a lease that runs out, a fence that stops stale pages, a case let go of."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _, lazy
from survey.fieldwork.queries import held_cases
from survey.fieldwork.rules.queue import ORDINARY, PARTIAL
from survey.models import Account, Interview, SampledCase

LEASE = timedelta(seconds=120)
TALK = timedelta(minutes=10)
"""Leases: to reach somebody, and in a talk: a long answer to one question must not lose the case."""
NOT_YOURS = lazy("这一户已经不在您手上（时间到了，或已交还），刚才的内容没有保存。")
ELSEWHERE = lazy("这一户已经在另一个页面上继续，这一页刚才的内容没有保存。")


def seat(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> SampledCase:
    """Return the case held under this fence, its lease renewed; raise Conflict otherwise."""
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id != interviewer.id:
        raise Conflict(NOT_YOURS)
    if found.fence != fence:
        raise Conflict(ELSEWHERE)
    lease(found, now=now)
    return found


def lease(found: SampledCase, *, now: datetime) -> None:
    """Let the case in hand be held for a while from now on."""
    found.lease_until = now + (LEASE if found.state == "held" else TALK)


def renew(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Renew the lease: the page's heartbeat."""
    seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    session.flush()


def take_over(
    session: Session, unit: str, *, interviewer: Account, now: datetime, tab: str = ""
) -> SampledCase:
    """Go on with the case in hand in another browser tab: the former tab's fence is stale from now on."""
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id != interviewer.id:
        raise Conflict(NOT_YOURS)
    found.fence, found.tab = found.fence + 1, tab
    lease(found, now=now)
    session.flush()
    return found


def hand_back(session: Session, unit: str, *, by: Account, reason: str, now: datetime) -> None:
    """Take a case from its holder (a supervisor does): it costs the household nothing and goes to another.

    Raises Conflict once somebody was reached: nobody ends a talk from outside.
    """
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id is None:
        raise Conflict(_("这一户已经没有人拿着了。"))
    if found.state != "held":
        raise Conflict(_("这一户已经接通，要等访问员记下通话结果，不能收回。"))
    _end(session, found, ended_by="hand_back", note=f"{by.login}: {reason}", now=now)
    free(session, found, next_due=now)


def hand_back_from(session: Session, seat: int, *, by: Account, reason: str, now: datetime) -> None:
    """Take from a seat the case in hand; raise Conflict where it holds none, or somebody was reached."""
    unit = held_cases.unit_held_at(session, seat)
    if unit is None:
        raise Conflict(_("这个座席手上已经没有户了。"))
    hand_back(session, unit, by=by, reason=reason, now=now)


def sweep(session: Session, *, now: datetime) -> int:
    """Free every case whose lease ran out, answers kept; return how many."""
    expired = select(SampledCase).where(SampledCase.lease_until < now)
    cases = session.scalars(expired.order_by(SampledCase.unit).with_for_update()).all()
    for found in cases:
        _end(session, found, ended_by="lease", note="", now=now)
        free(session, found, next_due=now)
    return len(cases)


def free(session: Session, found: SampledCase, *, next_due: datetime, priority: int | None = None) -> None:
    """Let go of a case that is to be tried again from `next_due` on."""
    begun = session.get(Interview, found.unit) is not None
    found.state, found.holder_id, found.lease_until, found.tab = "resting", None, None, ""
    found.next_due, found.priority = next_due, priority or (PARTIAL if begun else ORDINARY)
    session.flush()


def _end(session: Session, found: SampledCase, *, ended_by: str, note: str, now: datetime) -> None:
    attempt = held_cases.attempt_in_hand(session, found)
    attempt.ended_at, attempt.ended_by, attempt.note = now, ended_by, note
