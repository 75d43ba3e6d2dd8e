"""Two workers swap: one asks, and the other's yes makes it hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import SWAP, Assignment
from feedback.models import SwapOffer
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
    offered.settled_at = now
    session.flush()
    if agreed:
        start = max(offered.valid_from, now)
        cover = Assignment(offered.grid_code, worker_code, SWAP, start, offered.valid_to, _("换班"))
        by = f"worker:{worker_code}"
        offered.duty_id = duty.assign(session, cover, by=by, now=now).id
        hand_over(session, now=now, grids=[offered.grid_code], by=by)
    return offered
