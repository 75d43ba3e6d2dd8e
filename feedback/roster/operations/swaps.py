"""Two workers swap: one asks, the other's yes makes it hold, and either may take it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import SWAP, Assignment
from feedback.models import Duty, SwapOffer
from feedback.roles import OFFICE
from feedback.roster.queries.weeks import spans
from feedback.roster.rules.weeks import SwapRequest
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.i18n import _


def offer(session: Session, swap: SwapRequest, *, from_worker: str, now: datetime) -> SwapOffer:
    """Store that a worker asks another to stand in; a yes makes it hold."""
    start, end = swap.valid_from, swap.valid_to
    if end <= start or start < now:
        raise Invalid(_("换班要在现在以后，结束要晚于开始。"))
    if from_worker == swap.to_worker:
        raise Invalid(_("请选择另一位网格员。"))
    rows = duty_queries.rows(session, swap.grid_code)
    if {span.worker for span in spans(rows, start=start, end=end)} != {from_worker}:
        raise Forbidden(_("那段时间这个网格不是您值守，不能换。"))
    stored = SwapOffer(
        grid_code=swap.grid_code,
        from_worker=from_worker,
        to_worker=swap.to_worker,
        valid_from=start,
        valid_to=end,
        offered_at=now,
    )
    session.add(stored)
    session.flush()
    return stored


def settle(session: Session, offer_id: int, *, worker_code: str, agreed: bool, now: datetime) -> SwapOffer:
    """Take the other worker's word: a yes puts them on duty for that time, a no leaves all as it was."""
    offered = session.get(SwapOffer, offer_id, with_for_update=True, populate_existing=True)
    if offered is None or offered.to_worker != worker_code:
        raise NotFound(_("没有这个换班请求。"))
    if offered.settled_at is not None:
        raise Conflict(_("这个换班请求已经答复过了。"))
    if offered.valid_to <= now:
        raise Conflict(_("这段换班时间已经过去了。"))
    if agreed:
        _check_still_held(session, offered, now=now)
    offered.settled_at = now
    session.flush()
    if agreed:
        start = max(offered.valid_from, now)
        cover = Assignment(offered.grid_code, worker_code, SWAP, start, offered.valid_to, _("换班"))
        by = f"worker:{worker_code}"
        offered.duty_id = duty.assign(session, cover, by=by, now=now).id
        hand_over(session, now=now, grids=[offered.grid_code], by=by)
    return offered


def take_back(session: Session, offer_id: int, *, worker_code: str, now: datetime) -> SwapOffer:
    """Let who asked take a request back, and either of the two what was agreed; what has passed stays."""
    offered = session.get(SwapOffer, offer_id, with_for_update=True, populate_existing=True)
    both = {offered.from_worker, offered.to_worker} if offered is not None else set()
    if offered is None or worker_code not in both:
        raise NotFound(_("没有这个换班请求。"))
    if offered.settled_at is None and worker_code != offered.from_worker:
        raise NotFound(_("没有这个换班请求。"))
    if offered.undone_at is not None or offered.valid_to <= now:
        raise Conflict(_("这个换班请求已经收回，或者已经过去了。"))
    if offered.settled_at is not None and offered.duty_id is None:
        raise Conflict(_("这个换班请求已经答复过了。"))
    undo(session, offered, by=worker_code, now=now)
    hand_over(session, now=now, grids=[offered.grid_code], by=f"worker:{worker_code}")
    return offered


def undo(session: Session, offered: SwapOffer, *, by: str, now: datetime) -> None:
    """Note that a swap is taken back, and end the duty that it made."""
    offered.settled_at = offered.settled_at or now
    offered.undone_at, offered.undone_by = now, by
    session.flush()
    row = session.get(Duty, offered.duty_id) if offered.duty_id else None
    if row is None or row.retracted_at is not None or (row.valid_to is not None and row.valid_to <= now):
        return
    if row.valid_from < now:
        duty.close(session, row.id, at=now, by=by, now=now)
    else:
        duty.retract(session, row.id, by=by, now=now)


def undo_of(session: Session, worker_code: str, *, now: datetime) -> None:
    """Take back what a worker who leaves asked for, is asked for, or agreed to, and that isn't over.

    Whoever agreed to stand in for the one who leaves still does: nobody else is there.
    """
    mine = (SwapOffer.from_worker == worker_code) & SwapOffer.settled_at.is_(None)
    live = or_(SwapOffer.settled_at.is_(None), SwapOffer.duty_id.is_not(None))
    asked = (SwapOffer.to_worker == worker_code) & live
    query = select(SwapOffer).where(or_(mine, asked), SwapOffer.undone_at.is_(None), SwapOffer.valid_to > now)
    for offered in session.scalars(query.order_by(SwapOffer.id)).all():
        undo(session, offered, by=OFFICE, now=now)


def _check_still_held(session: Session, offered: SwapOffer, *, now: datetime) -> None:
    """Raise Conflict where the shift went to somebody else since it was offered."""
    rows = duty_queries.rows(session, offered.grid_code)
    start = max(offered.valid_from, now)
    if {span.worker for span in spans(rows, start=start, end=offered.valid_to)} != {offered.from_worker}:
        raise Conflict(_("值守排班变了，这段时间已经不是对方值守，请对方重新提出。"))
