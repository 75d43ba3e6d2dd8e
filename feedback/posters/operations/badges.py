"""Badges: two codes for one worker, by which anybody at a door finds out who stands there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import codes, ledger
from feedback.models import Badge, Worker
from feedback.posters.operations import posters
from huying.base.errors import Conflict, Invalid, NotFound
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


def find(session: Session, text: str) -> Badge:
    """Return the badge of either code, however it was typed, withdrawn or not; raise NotFound."""
    dial, code = codes.normalise_dial(text), codes.normalise(text)
    badge = None
    if dial is not None and codes.is_dial_code(dial):
        badge = session.scalar(select(Badge).where(Badge.dial_code == dial))
    elif code is not None and codes.is_poster_code(code):
        badge = session.scalar(select(Badge).where(Badge.code == code))
    if badge is None:
        raise NotFound(_("没有这个编号的工作证。"))
    return badge


def of_worker(session: Session, worker_code: str) -> Sequence[Badge]:
    """Return all badges that a worker ever had, the latest first."""
    own = select(Badge).where(Badge.worker_code == worker_code)
    return session.scalars(own.order_by(Badge.id.desc())).all()


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
