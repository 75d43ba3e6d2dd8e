"""The small town with an account at each desk, and the moves that whoever sits there may make."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback import roles
from feedback.cases.operations import coordination, handling, pauses, whistles
from feedback.cases.queries import desks
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.desks import hand_of, moves
from feedback.cases.rules.pauses import PauseRequest
from feedback.cases.rules.requests import Refusal
from feedback.models import Account, Case, Department, Worker
from huying import accounts
from huying.base.phones import Vault
from tests.feedback import town

WORKPLACES = {
    "w1": (roles.WORKER, {"worker_code": "W1"}),
    "w2": (roles.WORKER, {"worker_code": "W2"}),
    "w3": (roles.WORKER, {"worker_code": "W3"}),
    "leader": (roles.GRID_LEADER, {"area_code": "S"}),
    "water": (roles.DEPARTMENT_OFFICER, {"department_code": "water"}),
    "urban": (roles.DEPARTMENT_OFFICER, {"department_code": "urban"}),
    "district": (roles.DEPARTMENT_OFFICER, {"department_code": "district"}),
    "coordinator": (roles.COORDINATOR, {}),
    "reviewer": (roles.REVIEWER, {}),
}
OTHER = {"water": "urban", "urban": "water"}


def build(session: Session, *, vault: Vault, now: datetime) -> None:
    """The town, a third worker, the district's office, and all accounts."""
    town.build(session, vault=vault, now=now)
    session.add(Worker(code="W3", name="赵勇", area_code="G1"))
    session.add(Department(code="district", name="区级兜底单位"))
    session.flush()
    for login, (role, place) in WORKPLACES.items():
        accounts.create(session, Account, login=login, name=login, role=role, password=None, now=now, **place)


def desk_of(session: Session, case: Case) -> Desk:
    """The desk that a case is on, as whoever sits there has it."""
    where = desks.of_case(session, case)
    assert where is not None
    return Desk(where, worker_code=case.worker_code if where == "worker" else None)


def offered(case: Case, desk: Desk) -> tuple[str, ...]:
    """What may be done there with the case now."""
    return moves(case.state, hand=hand_of(desk.actor, holder=case.holder, keeper=case.keeper, lead=case.lead))


def make(session: Session, case: Case, event: str, *, vault: Vault, now: datetime, to: str = "water") -> None:
    """Let whoever has the desk do an event that is offered."""
    desk = desk_of(session, case)
    own = desk.actor.partition(":")[2]
    if own in OTHER:
        to = OTHER[own]
    here = {"desk": desk, "now": now}
    match event:
        case "whistle":
            worker = {"worker_code": desk.worker_code} if desk.worker_code else {"by": desk.actor}
            whistles.sound(session, case.id, department_code=to, request="请来人", now=now, **worker)
        case "refuse":
            why = Refusal("not_ours", instead=OTHER[own], text="不归我们")
            whistles.refuse_case(session, case, why, department_code=own, now=now)
        case "declare":
            handling.declare(session, case.id, actor=desk.actor, note="办好了", now=now, vault=vault)
        case "ask":
            handling.ask(session, case.id, question="几号楼？", **here)
        case "pause":
            until = now + timedelta(days=10)
            pauses.pause(session, case.id, PauseRequest("weather", until, "下雪"), **here)
        case "resume":
            pauses.resume(session, case.id, **here)
        case "return":
            coordination.send_back(session, case.id, note="请网格接着办", **here)
        case "lapse":
            pass  # whoever has the desk waits
        case _:
            handling.plainly(session, case.id, event, note="", **here)
