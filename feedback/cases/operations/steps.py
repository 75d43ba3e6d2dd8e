"""A case takes a step: decided by the life cycle, stored, written to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback.cases.operations import escalations, log
from feedback.cases.queries.cases import UNKNOWN, live_whistle, policy_steps
from feedback.cases.rules import deadlines, desks, lifecycle
from feedback.cases.rules.idling import idling
from feedback.cases.rules.lifecycle import Standing
from feedback.duty import queries as duty
from feedback.models import Case, CaseStep
from feedback.roles import OFFICE
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _

LONGEST_NOTE = 1000
WAITS = frozenset({"ask", "pause"})
"""Events that hand a case to nobody who works on it; the event that ends them says when it goes on."""
STOOD_STILL = frozenset({"waiting", "paused"})
TO_THE_GROUND = frozenset({"done", "return"})
ENDS_WHISTLES = frozenset({"withdraw", "out_of_scope", "take_over"})
ANSWERS_WHISTLES = {"accept": "accepted", "done": "done", "declare": "done"}


@dataclass(frozen=True, slots=True)
class HoursGiven:
    """Hours of one holder since an instant that count as another's."""

    of: str
    to: str
    since: datetime


def load(session: Session, case_id: int) -> Case:
    """Return a case, held against other writers until the transaction ends; raise NotFound."""
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound(UNKNOWN)
    return case


def take(
    session: Session,
    case: Case,
    event: str,
    *,
    actor: str,
    now: datetime,
    note: str = "",
    to: str | None = None,
    by: str | None = None,
    stands_in: bool = False,
    given: HoursGiven | None = None,
) -> CaseStep:
    """Let `actor` do `event`; `to` is who receives the case, `by` says more closely who the actor was.

    Raise Refused kin where the life cycle does not allow it; then nothing is stored.
    """
    now = not_before(case, now)
    serving = _serving(session, case, now=now) if event in TO_THE_GROUND else None
    hand = lifecycle.Hand(actor, case.holder, case.keeper, stands_in=stands_in, lead=case.lead)
    standing = lifecycle.next_state(
        case.state,
        event,
        hand=hand,
        to=to,
        desk="worker" if serving else OFFICE,
        asked_from=_before(case),
    )
    _settle_whistle(case, event, now=now)
    if case.state in STOOD_STILL and event != "void":
        _prolong(case, now=now)
    _place(case, standing, event)
    if event in TO_THE_GROUND:
        case.worker_code, case.former_worker = serving, None
    if standing.opens_round:
        _begin_round(case, now=now)
    step = keep(session, case, event, actor=by or actor, now=now, note=note, given=given)
    _mark_idling(session, case, step)
    return step


def keep(
    session: Session,
    case: Case,
    event: str,
    *,
    actor: str,
    now: datetime,
    note: str = "",
    given: HoursGiven | None = None,
) -> CaseStep:
    """Store the step that brought the case where it stands, in its history and in the ledger."""
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("说明请不要超过 %(longest_note)s 个字。", longest_note=LONGEST_NOTE))
    case.keeper = desks.keeper_after(case.holder, before=case.keeper)
    if case.keeper == OFFICE:
        case.worker_code = case.former_worker = None  # no worker follows what the office keeps
    step = CaseStep(
        at=not_before(case, now),
        event=event,
        actor=actor,
        state=case.state,
        holder=case.holder,
        round=case.round,
        note=note.strip(),
        hours_of=given.of if given else "",
        hours_to=given.to if given else "",
        since=given.since if given else None,
    )
    case.steps.append(step)
    session.flush()
    log.case_event(session, case, step)
    return step


def not_before(case: Case, now: datetime) -> datetime:
    """Return when a step counts: never before the one that is stored before it, whatever a clock says."""
    return max(now, case.steps[-1].at) if case.steps else now


def last(case: Case, *events: str) -> CaseStep:
    """Return the last step by one of these events."""
    return next(step for step in reversed(case.steps) if step.event in events)


def _serving(session: Session, case: Case, *, now: datetime) -> str | None:
    """Return which worker serves the case's ground: none from the second round on, and in a vacant grid."""
    if case.round > 1 or case.source == "staff" or case.grid_code is None:
        return None
    return duty.serving(session, {case.grid_code}, at=now).get(case.grid_code)


def _before(case: Case) -> Standing | None:
    """Return where the case stood when the resident was asked, or when it was paused."""
    if case.state not in STOOD_STILL:
        return None
    begun = case.steps.index(last(case, *WAITS))
    return Standing(case.steps[begun - 1].state, case.keeper)


def _place(case: Case, standing: Standing, event: str) -> None:
    case.state, case.holder = standing.state, standing.holder
    if standing.holder == lifecycle.DISTRICT or event in {"take_over", "return"}:
        case.lead = ""
    if standing.over or standing.state == "declared":
        case.idling = ""


def _begin_round(case: Case, *, now: datetime) -> None:
    case.round += 1
    case.round_at, case.due_at = now, deadlines.due(case.urgency, since=now)
    case.worker_code, case.former_worker, case.lead, case.idling = None, None, "", ""


def _settle_whistle(case: Case, event: str, *, now: datetime) -> None:
    """Let the whistle of a case follow what becomes of the case."""
    whistle = live_whistle(case)
    if whistle is None:
        return
    if event in ENDS_WHISTLES:
        whistle.state, whistle.ended_at = "ended", now
    elif event == "refuse":
        whistle.state = "refused" if whistle.state == "sounded" else "handed_back"
        whistle.answered_at = whistle.answered_at or now
    elif event in ANSWERS_WHISTLES:
        whistle.state, whistle.answered_at = ANSWERS_WHISTLES[event], whistle.answered_at or now


def _prolong(case: Case, *, now: datetime) -> None:
    """Let the deadlines wait as long as the resident had the case, or it stood still."""
    stretch = now - last(case, *WAITS).at
    case.due_at += stretch
    whistle = live_whistle(case)
    if whistle is not None:
        whistle.accept_due += stretch
        whistle.due_at += stretch


def stood_still(case: Case) -> timedelta:
    """Return how long this round has been prolonged: questions answered, pauses that somebody vouched for."""
    total, begun = timedelta(), None
    for step in (each for each in case.steps if each.round == case.round):
        if step.event in WAITS:
            begun = step.at
        elif begun is not None and step.state not in STOOD_STILL:
            total += timedelta() if step.event == "void" else step.at - begun
            begun = None
    return total


def _mark_idling(session: Session, case: Case, step: CaseStep) -> None:
    if not case.holder or case.state == "declared":
        return
    why = idling(policy_steps(case), now=step.at)
    if why and why != case.idling:
        key, at = f"idling:{case.round}:{why}:{step.id}", step.at
        escalations.record(session, case, key, kind="idling", level="street", passed_at=at, now=at)
    case.idling = why or ("" if case.idling == "silent" else case.idling)
