"""Who holds which case: a lease that runs out, a fence that stops stale pages, a case let go of."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import lazy
from survey.fieldwork.operations import placing
from survey.models import Account, SampledCase

LEASE = timedelta(seconds=120)
TALK = timedelta(minutes=10)
"""Leases: to reach somebody, and in a talk: a long answer to one question must not lose the case."""
NOT_YOURS = lazy("这一户已经不在您手上：时间到了，或者被收回了。刚才这一步没有做成。")
ELSEWHERE = lazy("这一户已经在另一个页面上接着做了，这一页刚才的一步没有做成。")


def seat(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> SampledCase:
    """Return the case held under this fence, its lease renewed; raise Conflict otherwise."""
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id != interviewer.id:
        raise Conflict(NOT_YOURS)
    if found.fence != fence:
        raise Conflict(ELSEWHERE)
    lease(found, now=now)
    return found


def lock_unless_held(session: Session, found: SampledCase) -> bool:
    """Hold the case's row to the transaction's end, its values anew; False where another one holds it."""
    row = select(SampledCase).where(SampledCase.unit == found.unit).with_for_update(skip_locked=True)
    return session.scalar(row.execution_options(populate_existing=True)) is not None


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


def free(session: Session, found: SampledCase, *, next_due: datetime, priority: int) -> None:
    """Let go of a case that is to be tried again from `next_due` on, in a class of the queue."""
    found.state, found.holder_id, found.lease_until, found.tab = "resting", None, None, ""
    found.next_due, found.priority = next_due, priority
    placing.place(session, found)
