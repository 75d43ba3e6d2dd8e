"""Open cases follow duty: at its end to whoever is on duty next, else to the office, by a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.cases.operations import steps
from feedback.duty import queries as duty
from feedback.models import Case
from feedback.roles import OFFICE

EVENT = "handover"


def hand_over(
    session: Session, *, now: datetime, grids: Iterable[str] | None = None, by: str = "clock"
) -> int:
    """Bring the open cases of grids (None: of all) to who is on duty there now; return how many moved.

    Hours run on with the new holder. What a department, the coordinator or the resident has stays with them;
    who will have it back is then somebody else.
    """
    found = _of_the_ground(session, grids)
    serving = duty.serving(session, {str(case.grid_code) for case in found}, at=now)
    return sum(_settle(session, case, serving.get(str(case.grid_code)), by=by, now=now) for case in found)


def _of_the_ground(session: Session, grids: Iterable[str] | None) -> list[Case]:
    """Return the first rounds that a worker has, or would have if there were one."""
    query = select(Case).where(
        Case.holder != "",
        Case.round == 1,
        Case.source != "staff",  # what is held against the office stays the office's
        Case.grid_code.is_not(None),
        or_(Case.worker_code.is_not(None), Case.keeper.in_(("worker", OFFICE))),
    )
    if grids is not None:
        query = query.where(Case.grid_code.in_(set(grids)))
    return list(session.scalars(query.order_by(Case.id).with_for_update()))


def _settle(session: Session, case: Case, worker: str | None, *, by: str, now: datetime) -> bool:
    if case.keeper == "worker" and case.worker_code != worker:
        return _move(session, case, worker, by=by, now=now)
    if case.keeper == OFFICE and worker is not None and not _taken_up_by_office(case):
        return _move(session, case, worker, by=by, now=now)
    if case.keeper != OFFICE:
        case.worker_code = worker
    return False


def _move(session: Session, case: Case, worker: str | None, *, by: str, now: datetime) -> bool:
    keeper = "worker" if worker else OFFICE
    if case.holder == case.keeper:
        case.holder = keeper
    case.keeper, case.worker_code = keeper, worker
    steps.keep(session, case, EVENT, actor=by, now=now)
    return True


def _taken_up_by_office(case: Case) -> bool:
    return any(step.actor.partition(":")[0] == OFFICE and step.event != "open" for step in case.steps)
