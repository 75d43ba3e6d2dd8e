"""Every visit that a worker claims, once: where and with whom stays sealed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.deposit.queries.scope import DepositRow, DepositScope
from feedback.models import Visit
from feedback.worker.queries import visits as visit_queries
from huying.base.clock import iso


def visits(session: Session, scope: DepositScope, *, held: set[str]) -> list[DepositRow]:
    """Return a row for each visit before the period's end that no earlier deposit holds by its code."""
    made = select(Visit).where(Visit.visited_at < scope.stop, Visit.recorded_at <= scope.now)
    return [_row(visit, scope) for visit in session.scalars(made) if visit.code not in held]


def _row(visit: Visit, scope: DepositScope) -> DepositRow:
    return {
        "code": visit.code,
        "area": visit.grid_code,
        "staff": visit.worker_code,
        "visited": iso(visit.visited_at),
        "contact": _sealed(visit_queries.number_of(visit, vault=scope.vault), "contact", visit.code, scope),
        "address": _sealed(visit_queries.address_of(visit, vault=scope.vault), "address", visit.code, scope),
    }


def _sealed(text: str, column: str, code: str, scope: DepositScope) -> str:
    return scope.sealer.seal(text, table="visits", code=code, column=column) if text else ""
