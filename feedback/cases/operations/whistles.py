"""Whistles: a department is called, and the clock is its own from that second, answered or not."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases import queries as case_queries
from feedback.cases.operations import handling
from feedback.cases.operations.steps import load, take
from feedback.cases.queries import LIVE_WHISTLES, UNKNOWN_WHISTLE
from feedback.cases.rules import deadlines, lifecycle
from feedback.cases.rules.requests import Refusal
from feedback.models import Case, Department, Whistle
from feedback.roles import OFFICE
from feedback.web.rules import sentences
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _, mark
from huying.base.phones import Vault

COORDINATION = "coordination"
"""The coordinator's office: whatever a department refuses goes up to it, never back to the worker."""

COORDINATION_NAME = mark("协调办公室")


def sound(
    session: Session,
    case_id: int,
    *,
    department_code: str,
    request: str,
    now: datetime,
    worker_code: str | None = None,
    by: str | None = None,
) -> Whistle:
    """Call a department to a case that `worker_code` holds, or `by` (`dept:k`, else the office)."""
    case_queries.one(session, case_id, worker_code=worker_code)
    case = load(session, case_id)
    department = session.get(Department, department_code)
    if department is None:
        raise Invalid(_("请选择部门。"))
    asked = needed(request, otherwise=_("请写明请部门做什么。"))
    actor = "worker" if worker_code else by or OFFICE
    take(
        session,
        case,
        "whistle",
        actor=actor,
        by=handling.named(actor, worker_code),
        to=lifecycle.department(department_code),
        note=asked,
        now=now,
    )
    whistle = _whistle(case, department, request=asked, now=now)
    session.add(whistle)
    session.flush()
    return whistle


def accept(session: Session, whistle_id: int, *, department_code: str, now: datetime) -> Whistle:
    """Take a whistle; raise NotFound for another department's, Conflict where it was answered already."""
    whistle, case = _load(session, whistle_id, department_code=department_code)
    if whistle.state != "sounded":
        raise Conflict(_("这条吹哨已经答复过了。"))
    take(session, case, "accept", actor=lifecycle.department(department_code), now=now)
    whistle.state, whistle.answered_at = "accepted", now
    session.flush()
    return whistle


def refuse(
    session: Session, whistle_id: int, refusal: Refusal, *, department_code: str, now: datetime
) -> Whistle:
    """Refuse or hand back a whistle; the coordinator's office then holds the case."""
    whistle, case = _load(session, whistle_id, department_code=department_code)
    why = _why(session, refusal, own=department_code)
    to = lifecycle.department(_coordination(session))
    take(session, case, "refuse", actor=lifecycle.department(department_code), to=to, note=why, now=now)
    whistle.state = "refused" if whistle.state == "sounded" else "handed_back"
    whistle.answered_at = whistle.answered_at or now
    whistle.reason = why
    session.flush()
    return whistle


def declare(
    session: Session, whistle_id: int, *, department_code: str, note: str, now: datetime, vault: Vault
) -> Whistle:
    """Report what was whistled for as done; the resident is asked whether it is."""
    whistle, case = _load(session, whistle_id, department_code=department_code)
    handling.declare(
        session, case.id, actor=lifecycle.department(department_code), note=note, now=now, vault=vault
    )
    whistle.state, whistle.answered_at = "done", whistle.answered_at or now
    session.flush()
    return whistle


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


def _why(session: Session, refusal: Refusal, *, own: str) -> str:
    text, instead = refusal.text, refusal.instead
    if refusal.reason == "not_ours":
        department = session.get(Department, instead) if instead and instead != own else None
        if department is None:
            raise Invalid(lifecycle.REFUSALS[refusal.reason])
        text = sentences.stored("others_matter", name=department.name, text=text.strip())
    lifecycle.check_refusal(refusal.reason, text=text)
    return text.strip()


def _coordination(session: Session) -> str:
    if session.get(Department, COORDINATION) is None:
        session.add(Department(code=COORDINATION, name=COORDINATION_NAME))
        session.flush()
    return COORDINATION
