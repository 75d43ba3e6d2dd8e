"""What a worker sees first: the own duty, the own numbers and their state, what colleagues ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.contacts.queries import checks, numbers
from feedback.models import Area, Duty, Worker
from feedback.reach import queries as reach_queries
from feedback.roster.queries import outlooks, swaps
from huying.base.phones import Vault

LOOKED_BACK = timedelta(days=90)
"""How far back the duty card counts."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """How a worker could be reached: numbers, questions let pass, and the office's vacant hours."""

    numbers: tuple[tuple[str, str, datetime | None], ...]
    let_pass: int
    vacant_hours: float


@dataclass(frozen=True, slots=True)
class DutyCard:
    """A worker, the duty that holds now or later, how they could be reached, swaps asked of them."""

    worker: Worker
    duties: Sequence[tuple[Duty, Area]]
    reach: Reachability
    offers: int


def of_worker(session: Session, worker_code: str, *, vault: Vault, now: datetime) -> DutyCard:
    """Return a worker's duty card."""
    duties = _duties(session, worker_code, now=now)
    return DutyCard(
        worker=session.get_one(Worker, worker_code),
        duties=duties,
        reach=_reach(session, worker_code, {row.grid_code for row, _area in duties}, vault=vault, now=now),
        offers=len(swaps.to_worker(session, worker_code, now=now)),
    )


def _reach(
    session: Session, worker_code: str, grids: set[str], *, vault: Vault, now: datetime
) -> Reachability:
    since = now - LOOKED_BACK
    own = numbers.of_worker(session, worker_code)
    return Reachability(
        tuple(
            (numbers.number_of(each, vault=vault), checks.state_of(each, now=now), checks.until_of(each))
            for each in own
        ),
        reach_queries.let_pass(session, worker_code, since=since, now=now),
        sum(outlooks.vacant_hours(session, grid, start=since, end=now) for grid in grids),
    )


def _duties(session: Session, worker_code: str, *, now: datetime) -> list[tuple[Duty, Area]]:
    query = (
        select(Duty, Area)
        .join(Area, Area.code == Duty.grid_code)
        .where(Duty.worker_code == worker_code, Duty.retracted_at.is_(None))
        .where(or_(Duty.valid_to.is_(None), Duty.valid_to > now))
        .order_by(Duty.valid_from)
    )
    return [(duty, area) for duty, area in session.execute(query)]
