"""Whistles: a department is called, and the clock is its own from that second, answered or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import handling
from feedback.cases.operations.steps import load, take
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries.cases import LIVE_WHISTLES, UNKNOWN_WHISTLE
from feedback.cases.rules import deadlines, lifecycle, requests
from feedback.cases.rules.idling import MOST_REFUSALS
from feedback.cases.rules.requests import Refusal
from feedback.models import Case, Department, Remit, Whistle
from feedback.remit import queries as remit_queries
from feedback.roles import OFFICE, OFFICES
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault


def sound(
    session: Session,
    case_id: int,
    *,
    department_code: str,
    request: str,
    now: datetime,
    worker_code: str | None = None,
    by: str | None = None,
    why: str = "",
    lead: bool = False,
) -> Whistle:
    """Call a department to a case that `worker_code` holds, or `by` (`dept:k`, else the office).

    `why` says why it isn't the one that the remit names. With `lead` the coordinator names who leads and
    can't refuse; after two refusals, and from the district, every whistle does.
    """
    case_queries.one(session, case_id, worker_code=worker_code)
    case = load(session, case_id)
    department = session.get(Department, department_code)
    if department is None or department.code in OFFICES:
        raise Invalid(_("请选择部门。"))
    asked = needed(request, otherwise=_("请写明请部门做什么。"))
    named = _check_remit(session, case, department, why=why, now=now)
    actor = "worker" if worker_code else by or OFFICE
    to = lifecycle.department(department_code)
    step = take(
        session,
        case,
        "whistle",
        actor=actor,
        by=handling.named(actor, worker_code),
        to=to,
        note=asked,
        now=now,
    )
    whistle = _whistle(case, department, request=asked, now=step.at)
    whistle.sounded_by, whistle.why = actor, why.strip()
    whistle.remit_lead = named.lead if named else None
    whistle.lead = _leads(case, actor=actor, lead=lead)
    case.lead = to if whistle.lead else ""
    session.add(whistle)
    session.flush()
    return whistle


def accept(session: Session, whistle_id: int, *, department_code: str, now: datetime) -> Whistle:
    """Take a whistle; raise NotFound for another department's, Conflict where it was answered already."""
    whistle, case = _load(session, whistle_id, department_code=department_code)
    if whistle.state != "sounded":
        raise Conflict(_("这条吹哨已经答复过了。"))
    take(session, case, "accept", actor=lifecycle.department(department_code), now=now)
    return whistle


def refuse(
    session: Session, whistle_id: int, refusal: Refusal, *, department_code: str, now: datetime
) -> Whistle:
    """Refuse or hand back a whistle; the coordinator's office then holds the case."""
    whistle, case = _load(session, whistle_id, department_code=department_code)
    refuse_case(session, case, refusal, department_code=department_code, now=now)
    return whistle


def refuse_case(
    session: Session, case: Case, refusal: Refusal, *, department_code: str, now: datetime
) -> None:
    """Refuse a case that a department holds, whistled for or brought by an import."""
    why = _why(session, refusal, own=department_code)
    whistle = case_queries.live_whistle(case)
    if refusal.reason == "missing_fact" and _asked_before(case):
        raise Invalid(_("“缺一个事实”只能用一次；请直接问居民，或受理。"))
    take(session, case, "refuse", actor=lifecycle.department(department_code), note=why, now=now)
    if whistle is not None:
        whistle.reason, whistle.reason_code = why, refusal.reason
        whistle.instead = refusal.instead if refusal.reason == "not_ours" else None
    session.flush()


def declare(
    session: Session, whistle_id: int, *, department_code: str, note: str, now: datetime, vault: Vault
) -> Whistle:
    """Report what was whistled for as done; the resident is asked whether it is."""
    whistle, case = _load(session, whistle_id, department_code=department_code)
    handling.declare(
        session, case.id, actor=lifecycle.department(department_code), note=note, now=now, vault=vault
    )
    return whistle


def refusals(case: Case) -> int:
    """Return how often departments refused this round of a case."""
    return sum(step.event == "refuse" and step.round == case.round for step in case.steps)


def _leads(case: Case, *, actor: str, lead: bool) -> bool:
    if actor == lifecycle.DISTRICT:
        return True
    return actor == lifecycle.COORDINATION and (lead or refusals(case) >= MOST_REFUSALS)


def _check_remit(
    session: Session, case: Case, department: Department, *, why: str, now: datetime
) -> Remit | None:
    """Return what the remit says of a case; raise Invalid where it names another and nobody says why."""
    if case.grid_code is None:
        return None
    found = remit_queries.responsible(session, category=case.category, area_code=case.grid_code, at=now)
    if found is not None and found.lead != department.code and not why.strip():
        name = session.get_one(Department, found.lead).name
        raise Invalid(_("权责清单上这类事由%(name)s牵头；转给别的部门，请写明理由。", name=name))
    return found


def _whistle(case: Case, department: Department, *, request: str, now: datetime) -> Whistle:
    # The department's own times hold, unless the case is more urgent than they allow.
    taken_up = now + timedelta(hours=department.accept_hours)
    resolved = now + timedelta(hours=department.resolve_hours)
    return Whistle(
        case=case,
        round=case.round,
        department_code=department.code,
        request=request,
        sounded_at=now,
        accept_due=min(taken_up, deadlines.accept_due(case.urgency, since=now)),
        due_at=min(resolved, deadlines.due(case.urgency, since=now)),
        state="sounded",
    )


def _load(session: Session, whistle_id: int, *, department_code: str) -> tuple[Whistle, Case]:
    """Return a department's own live whistle with its case, held against other writers."""
    case_id = session.scalar(select(Whistle.case_id).where(Whistle.id == whistle_id))
    if case_id is None:
        raise NotFound(UNKNOWN_WHISTLE)
    case = load(session, case_id)
    whistle = session.get_one(Whistle, whistle_id, populate_existing=True)
    if whistle.department_code != department_code:
        raise NotFound(UNKNOWN_WHISTLE)
    if whistle.state not in LIVE_WHISTLES:
        raise Conflict(_("这条吹哨已经了结。"))
    return whistle, case


def _asked_before(case: Case) -> bool:
    return any(whistle.reason_code == "missing_fact" for whistle in case.whistles)


def _why(session: Session, refusal: Refusal, *, own: str) -> str:
    """Return the words of a refusal, as they were written: whose it is instead is kept apart."""
    if refusal.reason != "not_ours":
        requests.check_refusal(refusal.reason, text=refusal.text)
        return refusal.text.strip()
    instead = refusal.instead if refusal.instead != own else None
    if not instead or instead in OFFICES or session.get(Department, instead) is None:
        raise Invalid(requests.REFUSALS[refusal.reason])
    return refusal.text.strip()
