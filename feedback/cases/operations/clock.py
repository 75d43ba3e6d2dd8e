"""What the clock does to cases, once a round: hand over, end pauses, escalate, fall back, lapse."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from feedback.cases.operations import escalations, handling, handover, pauses
from feedback.cases.operations.steps import load, take
from feedback.cases.queries.cases import held, live_whistle, policy_steps
from feedback.cases.rules import deadlines, lifecycle
from feedback.cases.rules.escalation import ACCEPT, DUE, DeadlinePassed, Deadlines, passed
from feedback.cases.rules.idling import SILENCE, idling
from feedback.models import Case, CaseStep, Escalation, Whistle

SHORTEST = timedelta(hours=1)
KINDS = {ACCEPT: "accept", DUE: "due"}
WORKED_ON = (*sorted(lifecycle.WORKED), "refused")


def tick(session: Session, *, now: datetime) -> int:
    """Do whatever is due; return how many things happened. Nothing of it happens twice."""
    stages = (handover.hand_over, pauses.end_due, fall_back, handling.lapse, escalate, flag_silent)
    return sum(stage(session, now=now) for stage in stages)


def fall_back(session: Session, *, now: datetime) -> int:
    """Let the district hold what the coordinator named no lead for within a day (兜底)."""
    waiting = select(Case.id).where(Case.state == "refused").order_by(Case.id)
    fallen = 0
    for case_id in session.scalars(waiting).all():
        case = load(session, case_id)
        since = held(case, until=max(now, case.steps[-1].at))
        if since and now - since[-1].start >= deadlines.LEAD_NAMED_WITHIN:
            at = since[-1].start + deadlines.LEAD_NAMED_WITHIN
            take(session, case, "backstop", actor="clock", now=now)
            key = f"backstop:{case.steps[-1].id}"
            escalations.record(session, case, key, kind="backstop", level="district", passed_at=at, now=now)
            fallen += 1
    return fallen


def escalate(session: Session, *, now: datetime) -> int:
    """Record each deadline that has passed: it informs, and moves nothing."""
    late = select(Case).where(
        Case.state.in_(WORKED_ON),
        or_(Case.due_at <= now, func.coalesce(Case.round_at, Case.opened_at) <= now - SHORTEST),
    )
    found = session.scalars(late.options(selectinload(Case.whistles)).order_by(Case.id)).all()
    told = _told(session)
    return sum(_escalate(session, case, told.get(case.id, frozenset()), now=now) for case in found)


def flag_silent(session: Session, *, now: datetime) -> int:
    """Flag what somebody works on and nobody has taken a step in for three days (空转)."""
    last = select(func.max(CaseStep.at)).where(CaseStep.case_id == Case.id).scalar_subquery()
    still = select(Case).where(Case.state.in_(WORKED_ON), Case.idling == "", last <= now - SILENCE)
    flagged = 0
    for case in session.scalars(still.order_by(Case.id)).all():
        case.idling = idling(policy_steps(case), now=now)
        at = case.steps[-1].at + SILENCE
        key = f"idling:{case.round}:{case.idling}:{case.steps[-1].id}"
        if case.idling:
            flagged += escalations.record(
                session, case, key, kind="idling", level="street", passed_at=at, now=now
            )
    return flagged


def _told(session: Session) -> dict[int, frozenset[tuple[str, int]]]:
    """Return of each case worked on which deadlines were told this round, by what they are of and number."""
    query = (
        select(Escalation.case_id, Escalation.key, Escalation.number)
        .join(Case)
        .where(Case.state.in_(WORKED_ON), Escalation.round == Case.round)
        .where(Escalation.kind.in_((*KINDS.values(), "further")))
    )
    told: dict[int, set[tuple[str, int]]] = {}
    for case_id, key, number in session.execute(query):
        told.setdefault(case_id, set()).add((key.rpartition(":")[0], number))
    return {case_id: frozenset(each) for case_id, each in told.items()}


def _escalate(session: Session, case: Case, told: frozenset[tuple[str, int]], *, now: datetime) -> int:
    whistle = live_whistle(case)
    recorded = 0
    for subject, terms, taken_up in _subjects(case, whistle):
        numbers = frozenset(number for of, number in told if of == subject)
        for each in passed(terms, taken_up=taken_up, told=numbers, now=now):
            called = whistle if subject.startswith("whistle") else None
            recorded += _record(session, case, subject, each, called, now=now)
    return recorded


def _subjects(case: Case, whistle: Whistle | None) -> list[tuple[str, Deadlines, bool]]:
    """Return what has deadlines: the case itself, and a whistle to which it went."""
    since = case.round_at or case.opened_at
    own = Deadlines(
        deadlines.accept_due(case.urgency, since=since), case.due_at, deadlines.urgency(case.urgency).resolve
    )
    taken_up = case.state not in {"registered", "contested"}
    found = [(f"case:{case.round}", own, taken_up)]
    if whistle is not None:
        every = max(whistle.due_at - whistle.sounded_at, SHORTEST)
        called = Deadlines(whistle.accept_due, whistle.due_at, every)
        found.append((f"whistle:{whistle.id}", called, whistle.state != "sounded"))
    return found


def _record(
    session: Session,
    case: Case,
    subject: str,
    each: DeadlinePassed,
    whistle: Whistle | None,
    *,
    now: datetime,
) -> bool:
    return escalations.record(
        session,
        case,
        f"{subject}:{each.number}",
        kind=KINDS.get(each.number, "further"),
        level=each.level,
        number=each.number,
        whistle_id=whistle.id if whistle else None,
        passed_at=each.at,
        now=now,
    )
