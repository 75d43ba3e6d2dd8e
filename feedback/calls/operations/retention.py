"""Numbers of calls go when their time is over; that there was a call, when and how it ended, stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback.calls.rules import KEPT
from feedback.models import Call, CallLeg, CallRecord


def forget(session: Session, *, now: datetime) -> int:
    """Drop who called, whom it rang and what the carrier told of calls 90 days ago; return how many."""
    old = select(Call.id).where(Call.began_at <= now - KEPT)
    legs = update(CallLeg).where(CallLeg.call_id.in_(old), CallLeg.sealed_number != b"")
    session.execute(legs.values(sealed_number=b""))
    says = or_(CallRecord.raw != "", CallRecord.reply.is_not(None))
    told = update(CallRecord).where(CallRecord.at <= now - KEPT, says)
    session.execute(told.values(raw="", reply=None))
    callers = update(Call).where(Call.id.in_(old), Call.sealed_caller.is_not(None))
    return len(session.scalars(callers.values(sealed_caller=None).returning(Call.id)).all())
