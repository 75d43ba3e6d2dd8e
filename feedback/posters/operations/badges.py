"""Badges: two codes for one worker, by which anybody at a door finds out who stands there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.models import Badge, Worker
from feedback.posters.operations import posters
from feedback.posters.queries.badges import find, of_worker
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.store import locks

REASONS = ("left", "lost", "damaged")


def issue(
    session: Session,
    *,
    worker_code: str,
    now: datetime,
    payload: str | None = None,
    dial_payload: str | None = None,
    once: str | None = None,
) -> Badge:
    """Store a badge of a worker with two fresh codes; the worker's earlier badge ends with it.

    `once` marks one form: however often it is sent, there is one badge.
    """
    worker = session.get(Worker, worker_code)
    if worker is None or not worker.active:
        raise Invalid(_("没有工号为 %(worker_code)s 的在岗网格员。", worker_code=worker_code))
    locks.hold(session, "posters")
    known = session.scalar(select(Badge).where(Badge.once == once)) if once else None
    if known is not None:
        return known
    for earlier in of_worker(session, worker_code):
        if earlier.retired_at is None:
            retire(session, earlier.code, reason="lost", now=now)
    code, dial_code = posters.fresh_codes(session, payload=payload, dial_payload=dial_payload)
    badge = Badge(code=code, dial_code=dial_code, once=once, worker_code=worker_code, issued_at=now)
    session.add(badge)
    session.flush()
    ledger.write(session, "badge.issue", at=now, b=badge.dial_code, w=worker_code)
    return badge


def retire(session: Session, code: str, *, reason: str, now: datetime) -> Badge:
    """Withdraw a badge: from now on whoever checks it is warned."""
    badge = find(session, code)
    if badge.retired_at is not None:
        raise Conflict(_("这张工作证已经停用了。"))
    if reason not in REASONS:
        raise Invalid(_("请选择停用原因。"))
    badge.retired_at, badge.retired_reason = now, reason
    session.flush()
    ledger.write(session, "badge.retire", at=now, b=badge.dial_code, w=badge.worker_code)
    return badge
