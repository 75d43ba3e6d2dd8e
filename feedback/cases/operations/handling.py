"""Cases: opened, followed by receipt, answered, declared solved, withdrawn, or left to lapse."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import invitations
from feedback.cases.operations.steps import load, take
from feedback.cases.queries import one
from feedback.cases.rules import deadlines
from feedback.models import Case, Rating, ReceiptWord
from feedback.roles import OFFICE
from feedback.web.rules.texts import needed
from huying.base.i18n import _
from huying.base.phones import Vault


def answer_case(session: Session, case_id: int, *, worker_code: str | None, note: str, now: datetime) -> Case:
    """Take a case up; `worker_code` None stands for the office."""
    case = _own(session, case_id, worker_code=worker_code)
    actor = "worker" if worker_code else OFFICE
    take(session, case, "answer", actor=actor, by=named(actor, worker_code), note=note, now=now)
    return case


def declare(session: Session, case_id: int, *, actor: str, note: str, now: datetime, vault: Vault) -> Case:
    """Report a case as solved; `actor` is its holder. A resident who left a number is asked whether it is."""
    case = load(session, case_id)
    what = needed(note, otherwise=_("请写明做了什么。"))
    take(session, case, "declare", actor=actor, by=named(actor, case.worker_code), note=what, now=now)
    case.declared_at = now
    session.flush()
    invitations.invite(session, case, holder=actor, vault=vault, now=now)
    return case


def withdraw(session: Session, case_id: int, *, now: datetime) -> Case:
    """End a case at its resident's wish; a rating link that is out opens no more."""
    case = load(session, case_id)
    take(session, case, "withdraw", actor="resident", now=now)
    invitations.revoke(session, case, now=now)
    return case


def lapse(session: Session, *, now: datetime) -> int:
    """Leave unconfirmed what residents were silent about for too long; return how many cases.

    Where an answer waits for its day to be over, nobody was silent. Imported cases stay declared: nobody was
    asked about them.
    """
    answered = (Rating.answered_at.is_not(None), Rating.settled_at.is_(None))
    declared = select(Case.id).where(
        Case.state == "declared",
        Case.source != "import",
        Case.declared_at <= now - deadlines.RATING_OPEN,
        Case.id.not_in(select(Rating.case_id).where(*answered)),
        Case.id.not_in(select(ReceiptWord.case_id).where(ReceiptWord.settled_at.is_(None))),
    )
    silent = session.scalars(declared.order_by(Case.id)).all()
    for case_id in silent:
        take(session, load(session, case_id), "lapse", actor="clock", now=now)
    return len(silent)


def named(actor: str, worker_code: str | None) -> str:
    """Return the actor with the code of the worker it was, as histories keep it: `worker:W001`."""
    return f"worker:{worker_code}" if actor == "worker" and worker_code else actor


def _own(session: Session, case_id: int, *, worker_code: str | None) -> Case:
    one(session, case_id, worker_code=worker_code)
    return load(session, case_id)
