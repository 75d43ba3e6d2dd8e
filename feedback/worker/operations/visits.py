"""Visits that workers claim: recorded here, verified by the independent side with people drawn at random."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.duty import queries as duty
from feedback.models import Visit
from feedback.worker.queries.visits import seal_context
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks

OLDEST = timedelta(days=14)
"""How far back a visit may be claimed: later, nobody could ask whether it took place."""
LONGEST_ADDRESS = 200


def claim(
    session: Session,
    *,
    worker_code: str,
    grid_code: str,
    visited_at: datetime,
    number: str,
    address: str,
    vault: Vault,
    now: datetime,
    once: str | None = None,
) -> Visit:
    """Store a visit to a household of a grid that the worker held at that time.

    `number` is E.164 or empty, `address` may be empty, one of them is needed: else nobody could be asked.
    `once` marks one form: however often it is sent, there is one visit.
    """
    locks.hold(session, "visit", worker_code)
    known = session.scalar(select(Visit).where(Visit.once == once)) if once else None
    if known is not None:
        return known
    _check(visited_at, number=number, address=address, now=now)
    holder = duty.live(duty.rows(session, grid_code), at=visited_at)
    if holder is None or holder.worker_code != worker_code:
        raise Conflict(_("那个时候不是您在这个网格值守，不能记走访。"))
    code = f"V{secrets.token_hex(8)}"
    visit = Visit(
        code=code,
        once=once,
        worker_code=worker_code,
        grid_code=grid_code,
        visited_at=visited_at,
        recorded_at=now,
        sealed_number=vault.seal(number, where=seal_context(code, "number")) if number else None,
        sealed_address=vault.seal(address.strip(), where=seal_context(code, "address"))
        if address.strip()
        else None,
    )
    session.add(visit)
    session.flush()
    ledger.write(session, "visit", at=now, i=code, w=worker_code, g=grid_code)
    return visit


def _check(visited_at: datetime, *, number: str, address: str, now: datetime) -> None:
    if visited_at > now:
        raise Invalid(_("走访时间在将来。"))
    if now - visited_at > OLDEST:
        raise Invalid(_("只能记最近 %(days)d 天里的走访。", days=OLDEST.days))
    if not number and not address.strip():
        raise Invalid(_("请写电话或地址，至少一样：独立测评方要能问到这一户。"))
    if len(address) > LONGEST_ADDRESS:
        raise Invalid(_("地址请不要超过 %(most)d 个字。", most=LONGEST_ADDRESS))
