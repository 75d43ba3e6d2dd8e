"""Open cases follow duty: at its end to whoever is on duty next, else to the office, by a step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from feedback.cases.operations import steps
from feedback.duty import queries as duty
from feedback.models import Case, CaseStep, Worker
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
    serving = duty.serving(session, {grid for _case, grid in found}, at=now)
    return sum(_settle(session, case, serving.get(grid), by=by, now=now) for case, grid in found)


def _of_the_ground(session: Session, grids: Iterable[str] | None) -> list[tuple[Case, str]]:
    """Return the first rounds that a worker has, or would have if there were one, each with its grid."""
    own = exists().where(CaseStep.case_id == Case.id, CaseStep.actor == OFFICE, CaseStep.event != "open")
    given = exists().where(Worker.code == Case.worker_code, Worker.active) & Case.former_worker.is_not(None)
    waits = (Case.keeper == OFFICE) & ~own  # what the office took up itself stays with it
    query = select(Case, Case.grid_code).where(
        Case.holder != "",
        Case.round == 1,
        Case.source != "staff",  # what is held against the office stays the office's
        Case.grid_code.is_not(None),
        ~given,  # what the grid leader gave to a colleague stays there while the colleague is in service
        or_(Case.worker_code.is_not(None), Case.keeper == "worker", waits),
    )
    if grids is not None:
        query = query.where(Case.grid_code.in_(set(grids)))
    return [(case, str(grid)) for case, grid in session.execute(query.order_by(Case.id))]


def _settle(session: Session, case: Case, worker: str | None, *, by: str, now: datetime) -> bool:
    keeper = "worker" if worker else OFFICE
    if (case.worker_code, case.keeper) == (worker, keeper):
        return False
    if case.keeper not in {"worker", OFFICE}:
        case.worker_code, case.former_worker = worker, None
        return False
    case = steps.load(session, case.id)
    if not case.holder or case.keeper not in {"worker", OFFICE}:
        return False  # it moved on before it was held
    if case.holder == case.keeper:
        case.holder = keeper
    case.keeper, case.worker_code, case.former_worker = keeper, worker, None
    steps.keep(session, case, EVENT, actor=by, now=now)
    return True
