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
from feedback.worker.rules import VisitClaim
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks

OLDEST = timedelta(days=14)
"""How far back a visit may be claimed: later, nobody could ask whether it happened."""
LONGEST_ADDRESS = 200


def claim(
    session: Session,
    claimed: VisitClaim,
    *,
    worker_code: str,
    vault: Vault,
    now: datetime,
    once: str | None = None,
) -> Visit:
    """Store a visit to a household of a grid that the worker held at that time.

    Number or address is needed: else nobody could be asked. `once` marks one form: however often it is sent,
    there is one visit.
    """
    locks.hold(session, "visit", worker_code)
    known = session.scalar(select(Visit).where(Visit.once == once)) if once else None
    if known is not None:
        return known
    _check(claimed, now=now)
    holder = duty.live(duty.rows(session, claimed.grid_code), at=claimed.visited_at)
    if holder is None or holder.worker_code != worker_code:
        raise Conflict(_("那个时候不是您在这个网格值守，不能记走访。"))
    visit = _visit(f"V{secrets.token_hex(8)}", claimed, vault=vault)
    visit.once, visit.worker_code, visit.recorded_at = once, worker_code, now
    session.add(visit)
    session.flush()
    ledger.write(session, "visit", at=now, i=visit.code, w=worker_code, g=claimed.grid_code)
    return visit


def _visit(code: str, claimed: VisitClaim, *, vault: Vault) -> Visit:
    number, address = claimed.number, claimed.address.strip()
    return Visit(
        code=code,
        grid_code=claimed.grid_code,
        visited_at=claimed.visited_at,
        sealed_number=vault.seal(number, where=seal_context(code, "number")) if number else None,
        sealed_address=vault.seal(address, where=seal_context(code, "address")) if address else None,
    )


def _check(claimed: VisitClaim, *, now: datetime) -> None:
    if claimed.visited_at > now:
        raise Invalid(_("走访时间在将来。"))
    if now - claimed.visited_at > OLDEST:
        raise Invalid(_("只能记最近 %(days)d 天里的走访。", days=OLDEST.days))
    if not claimed.number and not claimed.address.strip():
        raise Invalid(_("请写电话或地址，至少一样：独立测评方要能问到这一户。"))
    if len(claimed.address) > LONGEST_ADDRESS:
        raise Invalid(_("地址请不要超过 %(most)d 个字。", most=LONGEST_ADDRESS))
