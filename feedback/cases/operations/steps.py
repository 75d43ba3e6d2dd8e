"""A case takes a step: decided by the life cycle, stored, written to the ledger."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import log
from feedback.cases.queries import UNKNOWN
from feedback.cases.rules import deadlines, lifecycle
from feedback.models import Case, CaseStep
from feedback.roles import OFFICE
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _

LONGEST_NOTE = 1000


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
) -> CaseStep:
    """Let `actor` do `event`; `to` is who receives the case, `by` says more closely who the actor was.

    Raise Refused kin where the life cycle does not allow it; then nothing is stored.
    """
    standing = lifecycle.next_state(
        case.state, event, actor=actor, holder=case.holder, to=to, desk=_desk(case)
    )
    case.state, case.holder = standing.state, standing.holder
    if standing.opens_round:
        case.round += 1
        case.due_at = deadlines.due(case.urgency, since=now)
    return keep(session, case, event, actor=by or actor, now=now, note=note)


def keep(session: Session, case: Case, event: str, *, actor: str, now: datetime, note: str = "") -> CaseStep:
    """Store the step that brought the case where it stands, in its history and in the ledger."""
    if len(note) > LONGEST_NOTE:
        raise Invalid(_("说明请不要超过 %(longest_note)s 个字。", longest_note=LONGEST_NOTE))
    step = CaseStep(
        at=now,
        event=event,
        actor=actor,
        state=case.state,
        holder=case.holder,
        round=case.round,
        note=note.strip(),
    )
    case.steps.append(step)
    session.flush()
    log.case_event(session, case, step)
    return step


def _desk(case: Case) -> str:
    """Who keeps the case on the ground: from the second round on, and in a vacant grid, the office."""
    return "worker" if case.round == 1 and case.worker_code else OFFICE
