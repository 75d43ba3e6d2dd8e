"""A worker retires: duty ends, cases are handed over, the account is closed, all in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.cases.operations.handover import hand_over
from feedback.cases.queries import desks
from feedback.duty import operations as duty
from feedback.models import Account, Case, Duty, Worker
from feedback.posters.operations import badges
from feedback.posters.queries import badges as badge_queries
from feedback.roster.operations import swaps
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _


def retire(session: Session, worker_code: str, *, by: str, now: datetime) -> int:
    """Take a worker out of service; return how many cases went to others.

    Whoever is retired holds nothing and is on no list. Raise Conflict where nobody could take what is open.
    """
    worker = session.get(Worker, worker_code, with_for_update=True, populate_existing=True)
    if worker is None:
        raise NotFound(_("没有工号为 %(worker)s 的网格员。", worker=worker_code))
    if not worker.active:
        raise Conflict(_("这位网格员已经离岗了。"))
    own = select(Case.id).where(Case.worker_code == worker_code, Case.holder != "")
    open_cases = set(session.scalars(own))
    worker.active, worker.retired_at = False, now
    grids = _end_duty(session, worker_code, by=by, now=now)
    _close_accounts(session, worker_code, now=now)
    held = select(Case.grid_code).where(Case.id.in_(open_cases), Case.grid_code.is_not(None))
    moved = hand_over(session, now=now, grids={*grids, *map(str, session.scalars(held))}, by=by)
    _check_taken(session, open_cases)
    ledger.write(session, "worker.retire", at=now, w=worker_code, b=by, n=moved)
    return moved


def return_to_service(session: Session, worker_code: str, *, now: datetime) -> None:
    """Take a worker back; duty and an account are given anew."""
    worker = session.get_one(Worker, worker_code)
    worker.active, worker.retired_at = True, None
    session.flush()
    ledger.write(session, "worker.return", at=now, w=worker_code)


def _end_duty(session: Session, worker_code: str, *, by: str, now: datetime) -> set[str]:
    rows = select(Duty).where(
        Duty.worker_code == worker_code,
        Duty.retracted_at.is_(None),
        or_(Duty.valid_to.is_(None), Duty.valid_to > now),
    )
    grids = set()
    for row in session.scalars(rows.order_by(Duty.id)).all():
        grids.add(row.grid_code)
        if row.valid_from < now:
            duty.close(session, row.id, at=now, by=by, now=now)
        else:
            duty.retract(session, row.id, by=by, now=now)
    return grids


def _close_accounts(session: Session, worker_code: str, *, now: datetime) -> None:
    """Close the worker's accounts, and what goes with them: badges, offers to swap."""
    session.execute(update(Account).where(Account.worker_code == worker_code).values(active=False))
    for badge in badge_queries.of_worker(session, worker_code):
        if badge.retired_at is None:
            badges.retire(session, badge.code, reason="left", now=now)
    swaps.undo_of(session, worker_code, now=now)


def _check_taken(session: Session, cases: set[int]) -> None:
    if cases & {case.id for case in desks.nowhere(session)}:
        raise Conflict(_("这位网格员手里的事项没有人能接：请先安排值守，或给社区、协调员建账号。"))
