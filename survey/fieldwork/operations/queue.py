"""The next case: nobody chooses it, and two never hold it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey import campaign
from survey.fieldwork.operations import claims
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries import queue as waiting
from survey.fieldwork.rules.hours import window
from survey.models import Account, Attempt, Offer, SampledCase
from survey.waves.queries import waves


def next_case(session: Session, *, interviewer: Account, now: datetime) -> SampledCase | None:
    """Claim the next case for the interviewer: the one already held, else the first that may be called now.

    There is no choice and no list. Returns None where nothing may be called now.
    """
    # One claim at a time: with clock and log the order of offers can be replayed.
    campaign.campaign_lock(session)
    claims.sweep(session, now=now)
    if mine := held_cases.held(session, interviewer=interviewer):
        return mine
    for wave in waves.in_field(session):
        unit = waiting.first(session, wave, interviewer=interviewer, now=now)
        if unit is not None:
            return _claim(session, unit, interviewer=interviewer, now=now)
    return None


def _claim(session: Session, unit: str, *, interviewer: Account, now: datetime) -> SampledCase:
    claimed = session.execute(
        update(SampledCase)
        .where(SampledCase.unit == unit, SampledCase.holder_id.is_(None))
        .values(
            holder_id=interviewer.id,
            lease_until=now + claims.LEASE,
            fence=SampledCase.fence + 1,
            state="held",
            tab="",
        )
        .returning(SampledCase.fence)
    ).scalar_one_or_none()
    if claimed is None:
        raise Conflict(_("这一户刚被别的访问员接走了，请再按一次。"))
    session.add(Offer(at=now, interviewer_id=interviewer.id, unit=unit, fence=claimed))
    before = session.scalar(select(func.max(Attempt.n)).where(Attempt.unit == unit)) or 0
    session.add(
        Attempt(
            unit=unit,
            n=before + 1,
            interviewer_id=interviewer.id,
            started_at=now,
            window=window(now) or "",
        )
    )
    session.flush()
    return session.get_one(SampledCase, unit, populate_existing=True)
