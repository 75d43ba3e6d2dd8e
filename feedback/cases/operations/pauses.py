"""A case stands still for a listed reason, once another line has countersigned; void after a day without."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import escalations
from feedback.cases.operations.handling import named, on_desk
from feedback.cases.operations.steps import HoursGiven, keep, load, take
from feedback.cases.queries.desks import Desk
from feedback.cases.rules import lifecycle
from feedback.cases.rules import pauses as rules
from feedback.cases.rules.pauses import PauseRequest
from feedback.models import Case, Pause
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Forbidden, NotFound
from huying.base.i18n import _


def pause(session: Session, case_id: int, request: PauseRequest, *, desk: Desk, now: datetime) -> Pause:
    """Let a case stand still; the hours are nobody's if the coordinator countersigns within a day."""
    rules.check(request.until, now=now)
    case = on_desk(session, case_id, desk=desk)
    why = needed(request.text, otherwise=_("请写明为什么暂停。"))
    by = named(desk.actor, desk.worker_code)
    step = take(session, case, "pause", actor=desk.actor, by=by, to=request.reason, note=why, now=now)
    asked = Pause(
        case_id=case.id, reason=request.reason, asked_by=desk.actor, asked_at=step.at, until=request.until
    )
    session.add(asked)
    session.flush()
    return asked


def countersign(session: Session, case_id: int, *, login: str, now: datetime) -> Pause:
    """Let the coordinator vouch for a pause: another line than the one that asked."""
    case = load(session, case_id)
    asked = running(session, case)
    if asked.countersigned_at is not None:
        raise Conflict(_("这次暂停已经会签过了。"))
    if asked.asked_by == lifecycle.COORDINATION:
        raise Forbidden(_("自己申请的暂停不能自己会签。"))
    asked.countersigned_at, asked.countersigned_by = now, login
    keep(session, case, "countersign", actor=lifecycle.COORDINATION, now=now)
    return asked


def refuse(session: Session, case_id: int, *, now: datetime) -> None:
    """Let the coordinator refuse a pause: it was never one, and the hours are whose who asked."""
    case = load(session, case_id)
    asked = running(session, case)
    if asked.countersigned_at is not None:
        raise Conflict(_("这次暂停已经会签过了。"))
    _end(session, case, asked, "void", actor="clock", by=lifecycle.COORDINATION, now=now)


def resume(session: Session, case_id: int, *, desk: Desk, now: datetime) -> None:
    """Go on with a case before its pause ends; without a countersignature it was none."""
    case = on_desk(session, case_id, desk=desk)
    asked = running(session, case)
    by = named(desk.actor, desk.worker_code)
    if asked.countersigned_at is None:
        _end(session, case, asked, "void", actor="clock", by=by, now=now)
    else:
        stands_in = desk.actor != case.keeper
        take(session, case, "resume", actor=desk.actor, by=by, stands_in=stands_in, now=now)
        asked.ended_at, asked.ended_by = now, "resume"


def end_due(session: Session, *, now: datetime) -> int:
    """End pauses that nobody countersigned in time, and those that are over; return how many."""
    query = select(Pause).where(Pause.ended_at.is_(None)).order_by(Pause.id)
    ended = 0
    for asked in session.scalars(query).all():
        case = load(session, asked.case_id)
        signed = asked.countersigned_at is not None
        event = rules.ends(asked_at=asked.asked_at, until=asked.until, countersigned=signed, now=now)
        if case.state != "paused":
            asked.ended_at, asked.ended_by = now, "withdraw"
        elif event:
            _end(session, case, asked, event, actor="clock", by="clock", now=now)
            ended += 1
    return ended


def running(session: Session, case: Case) -> Pause:
    """Return the pause that a case is in; raise NotFound."""
    own = select(Pause).where(Pause.case_id == case.id, Pause.ended_at.is_(None))
    found = session.scalar(own.order_by(Pause.id.desc()).limit(1))
    if found is None or case.state != "paused":
        raise NotFound(_("这件事现在没有暂停。"))
    return found


def _end(
    session: Session, case: Case, asked: Pause, event: str, *, actor: str, by: str, now: datetime
) -> None:
    held = HoursGiven(case.holder, asked.asked_by, asked.asked_at) if event == "void" else None
    step = take(session, case, event, actor=actor, by=by, given=held, now=now)
    asked.ended_at, asked.ended_by = step.at, event
    if event == "void" and by == "clock":
        escalations.record(
            session,
            case,
            f"void:{asked.id}",
            kind="void",
            level="head",
            passed_at=asked.asked_at + rules.COUNTERSIGNED_WITHIN,
            now=now,
        )
