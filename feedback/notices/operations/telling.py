"""Steps of cases become notices, and notices messages, again and again until somebody takes the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from feedback.cases.operations import escalations, receipts
from feedback.cases.rules import codes as case_codes
from feedback.cases.rules import lifecycle
from feedback.models import Case, CaseStep, Department, Notice, NoticedStep, OutboxMessage
from feedback.notices import rules
from feedback.notices.queries import facts, recipients
from feedback.notices.queries.recipients import Ways
from feedback.notices.rules import Line
from feedback.web.queries import lookups
from huying.base.clock import LOCAL
from huying.base.phones import Vault
from huying.messaging import hours, outbox
from huying.store import locks

MOST = 500
"""Steps, and notices, of one round: so that nobody else waits long."""
NEWS = timedelta(days=3)
"""After how long a step is no news any more; but life and property ring whenever they are found untaken."""
REMEMBERED = timedelta(days=1)
AHEAD = timedelta(days=2)
PURPOSE = "notice"


def tell(session: Session, *, means: Ways, vault: Vault, now: datetime) -> int:
    """Make notices of new steps, and messages of the notices that are due; return how many messages."""
    locks.hold(session, "notices")
    _raise_new(session, now=now)
    _raise_late(session, now=now)
    # A time far ahead was written by a clock that was wrong.
    due_now = or_(Notice.due_at <= now, Notice.due_at > now + AHEAD)
    due = select(Notice).where(due_now).order_by(Notice.due_at, Notice.id).limit(MOST)
    waiting = session.scalars(due).all()
    return sum(_tell(session, notice, means=means, vault=vault, now=now) for notice in waiting)


def _raise_new(session: Session, *, now: datetime) -> None:
    """Note the steps that nobody has looked at yet, each once, and who is to be told of them.

    Steps may be stored in another order than they are numbered in, so those of the last day are compared.
    """
    old = NoticedStep.at < now - REMEMBERED
    floor = session.scalar(select(func.max(NoticedStep.step_id)).where(old)) or 0
    session.execute(delete(NoticedStep).where(old, NoticedStep.step_id < floor))
    seen = exists().where(NoticedStep.step_id == CaseStep.id)
    new = (CaseStep.id > floor, ~seen)
    _pass_over(session, new, now=now)
    danger_first = (Case.urgency != "life", CaseStep.id)
    unseen = select(CaseStep).join(Case, Case.id == CaseStep.case_id).where(*new).order_by(*danger_first)
    for step in session.scalars(unseen.limit(MOST)).all():
        session.add(NoticedStep(step_id=step.id, at=now))
        _raise(session, step, now=now)
    session.flush()


def _raise_late(session: Session, *, now: datetime) -> None:
    """Note each deadline that passed, once: it climbs to whoever leads the desk that the case is on."""
    known = session.scalar(select(func.max(Notice.escalation_id))) or 0
    for each in escalations.after(session, known, most=MOST):
        case = session.get_one(Case, each.case_id)
        desk, event = rules.desk_of(case.holder), rules.event_of_deadline(each.kind, state=case.state)
        rung = _rung_now(session, case)
        for line in rules.lines(event, urgency=case.urgency, desk=desk):
            notice = Notice(
                step_id=case.steps[-1].id,
                escalation_id=each.id,
                case_id=case.id,
                event=event,
                desk=desk,
                who=line.who,
                due_at=min(each.at, now) + line.after,
                times=0,
            )
            session.add(notice)
            if line.who in rung:
                _settle(notice, "over", now=now)
        session.flush()


def _rung_now(session: Session, case: Case) -> frozenset[str]:
    """Return who hears of a case anyhow, so that another deadline tells nobody twice.

    That is who is rung until somebody takes it, and who is to be told of the deadline before this one.
    """
    waiting = (Notice.times == 0) & (Notice.escalation_id > 0)
    heard = or_(waiting, Notice.times > 0) if case.state in rules.UNTAKEN else waiting
    unsettled = select(Notice.who).where(Notice.case_id == case.id, Notice.due_at.is_not(None), heard)
    return frozenset(session.scalars(unsettled))


def _pass_over(session: Session, new: Sequence[ColumnElement[bool]], *, now: datetime) -> None:
    """Note at one stroke what is no news any more, such as what an import brought of last year."""
    old = (CaseStep.at < now - NEWS, or_(Case.urgency != "life", Case.source == "import"))
    steps = select(CaseStep.id, literal(now, NoticedStep.at.type)).join(Case, Case.id == CaseStep.case_id)
    session.execute(insert(NoticedStep).from_select(["step_id", "at"], steps.where(*new, *old)))


def _raise(session: Session, step: CaseStep, *, now: datetime) -> None:
    case, event = step.case, rules.event_of(step.event, actor=step.actor)
    desk, stale = rules.desk_of(step.holder), step.at < now - NEWS
    for line in rules.lines(event, urgency=case.urgency, desk=desk):
        if line.who == "resident" and (stale or case.contact_sealed is None or case.source == "import"):
            continue
        session.add(
            Notice(
                step_id=step.id,
                case_id=case.id,
                event=event,
                desk=desk,
                who=line.who,
                due_at=min(step.at, now) + line.after,
                times=0,
            )
        )


def _tell(session: Session, notice: Notice, *, means: Ways, vault: Vault, now: datetime) -> int:
    case = session.get_one(Case, notice.case_id)
    line = rules.line_of(notice.who, notice.event, urgency=case.urgency, desk=notice.desk)
    outcome = _overtaken(session, notice, case, line)
    if line is None or outcome:
        return _settle(notice, outcome or "over", now=now)
    if line.who != "resident" and not hours.goes(line.priority, at=now, timezone=LOCAL):
        notice.due_at = hours.morning_after(now, timezone=LOCAL)  # by then somebody may have taken it
        return 0
    told = _post(session, notice, case, line, means=means, vault=vault, now=now)
    notice.times += 1
    notice.due_at = rules.next_at(line, times=notice.times, state=case.state, now=now)
    if notice.due_at is None:
        _settle(notice, "told" if told else "nobody", now=now)
    return told


def _overtaken(session: Session, notice: Notice, case: Case, line: Line | None) -> str:
    """Return why nobody needs to be told any more: it is over, somebody took it, or it went elsewhere."""
    if line is not None and line.who == "resident":
        taken_back = {"contest": {"confirmed", "ended"}, "open": set()}.get(notice.event, {"ended"})
        return "over" if case.state in taken_back else ""
    if case.holder == lifecycle.NOBODY:
        return "over"
    later = select(CaseStep.event).where(CaseStep.case_id == case.id, CaseStep.id > notice.step_id)
    return "taken" if any(rules.takes(event) for event in session.scalars(later)) else ""


def _settle(notice: Notice, outcome: str, *, now: datetime) -> int:
    notice.outcome, notice.settled_at, notice.due_at = outcome, now, None
    return 0


def _post(
    session: Session, notice: Notice, case: Case, line: Line, *, means: Ways, vault: Vault, now: datetime
) -> int:
    if line.template == receipts.TEMPLATE:
        return _receipt(session, case, line, means=means, vault=vault, now=now)
    params = _params(session, notice, case)
    posted = 0
    for channel in _ways(line, means, times=notice.times):
        number = recipients.found(session, case, line.who, channel, means=means, vault=vault, now=now)
        if number is not None:
            posted += outbox.post(
                session,
                OutboxMessage,
                vault=vault,
                purpose=PURPOSE if line.who != "resident" else line.template,
                subject=f"{notice.id}/{channel}",
                round=notice.times + 1,
                number=number,
                template=line.template,
                params=_said_by(session, channel, line.template, params),
                channel=channel,
                priority=line.priority,
                now=now,
            )
    return posted


def _said_by(session: Session, channel: str, template: str, params: dict[str, str]) -> dict[str, str]:
    """Return what a message says on a channel: less where a whole office reads."""
    if channel not in rules.OPEN:
        return params
    return rules.open_words(template, params, names=lookups.names_in(session, params["place"]))


def _ways(line: Line, means: Ways, *, times: int) -> Sequence[str]:
    """Return the channels of a line; where the telephone rings, words are written once."""
    rings = "voice" in line.by and "voice" in means.channels
    return [channel for channel in line.by if not (rings and times and channel == "sms")]


def _params(session: Session, notice: Notice, case: Case) -> dict[str, str]:
    holder = session.get_one(CaseStep, notice.step_id).holder  # it may have gone on since
    department = session.get(Department, holder.partition(":")[2])
    return {
        **facts.of(session, case),
        "what": rules.SAYS.get(notice.event, ""),
        "department": (department.name if department else "部门")[:8],
        "round": str(case.round),
    }


def _receipt(session: Session, case: Case, line: Line, *, means: Ways, vault: Vault, now: datetime) -> int:
    """Send a case's receipt, on whatever way it came in, unless it went out with its opening."""
    number = recipients.found(session, case, line.who, "sms", means=means, vault=vault, now=now)
    receipt = case_codes.receipt_of(vault, once=case.once or "")
    if number is None or case_codes.receipt_hash(vault, receipt) != case.receipt_hash:
        return 0
    return outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=receipts.PURPOSE,
        subject=case.code,
        number=number,
        template=receipts.TEMPLATE,
        params={"once": str(case.once), "case": case.code},
        priority=line.priority,
        now=now,
    )
