"""Cases on the ground: taken up, asked about, declared solved, withdrawn, or left to lapse."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import invitations, joins
from feedback.cases.operations.steps import load, take
from feedback.cases.queries import desks
from feedback.cases.queries.cases import one
from feedback.cases.queries.desks import Desk
from feedback.cases.rules import deadlines
from feedback.models import Case, Rating, ReceiptWord
from feedback.roles import OFFICE
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.base.phones import Vault

AT_ONCE = 500
"""How many cases lapse in one transaction: an import may bring thousands that were declared long ago."""


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
    case.declared_at = case.steps[-1].at
    session.flush()
    invitations.invite(session, case, holder=actor, vault=vault, now=now)
    return case


def ask(session: Session, case_id: int, *, desk: Desk, question: str, now: datetime) -> Case:
    """Ask the resident something; until the reply the time is the resident's, and the desk stays."""
    case = on_desk(session, case_id, desk=desk)
    if case.receipt_hash is None:
        raise Invalid(_("这件事没有回执，问不到居民；请打电话，或直接办理。"))
    what = needed(question, otherwise=_("请写明要问居民什么。"))
    take(session, case, "ask", actor=desk.actor, by=named(desk.actor, desk.worker_code), note=what, now=now)
    return case


def recall(session: Session, case_id: int, *, desk: Desk, now: datetime) -> Case:
    """Take a question back: the case goes on without a reply."""
    return plainly(session, case_id, "recall", desk=desk, note="", now=now)


def reply(session: Session, case_id: int, *, text: str, now: datetime) -> Case:
    """Take the resident's reply to a question; the case goes on where it was."""
    case = load(session, case_id)
    take(session, case, "reply", actor="resident", note=needed(text, otherwise=_("请写几句。")), now=now)
    return case


def take_over(session: Session, case_id: int, *, desk: Desk, now: datetime) -> Case:
    """Take a case from a holder who can't act: from then on the hours are one's own."""
    return plainly(session, case_id, "take_over", desk=desk, note="", now=now)


def plainly(session: Session, case_id: int, event: str, *, desk: Desk, note: str, now: datetime) -> Case:
    """Let whoever has the desk do an event that needs nothing but words."""
    case = on_desk(session, case_id, desk=desk)
    take(
        session,
        case,
        event,
        actor=desk.actor,
        by=named(desk.actor, desk.worker_code),
        note=note,
        stands_in=desk.actor != case.keeper,
        now=now,
    )
    return case


def withdraw(session: Session, case_id: int, *, now: datetime) -> Case:
    """End a case at its resident's wish; a whistle that sounds ends, a rating link opens no more.

    Raise Conflict where it goes on for another resident too, whose case was joined into it.
    """
    case = load(session, case_id)
    if joins.is_shared(session, case):
        raise Conflict(_("别的居民也反映了这件事，还要接着办，不能撤回。"))
    take(session, case, "withdraw", actor="resident", now=now)
    invitations.revoke(session, case, now=now)
    return case


def lapse(session: Session, *, now: datetime) -> int:
    """Leave unconfirmed what residents were silent about for too long; return how many cases.

    Where an answer waits for its day to be over, nobody was silent. So do imported cases, about which nobody
    was asked: what was declared long ago ends by rule.
    """
    answered = (Rating.answered_at.is_not(None), Rating.settled_at.is_(None))
    declared = select(Case.id).where(
        Case.state == "declared",
        Case.declared_at <= now - deadlines.RATING_OPEN,
        Case.id.not_in(select(Rating.case_id).where(*answered)),
        Case.id.not_in(select(ReceiptWord.case_id).where(ReceiptWord.settled_at.is_(None))),
    )
    silent = session.scalars(declared.order_by(Case.id).limit(AT_ONCE)).all()
    for case_id in silent:
        take(session, load(session, case_id), "lapse", actor="clock", now=now)
    return len(silent)


def on_desk(session: Session, case_id: int, *, desk: Desk) -> Case:
    """Return a case on a desk, held against other writers; raise NotFound for any other."""
    load(session, case_id)
    return desks.one_on(session, case_id, desk)


def named(actor: str, worker_code: str | None) -> str:
    """Return the actor with the code of the worker it was, as histories keep it: `worker:W001`."""
    return f"worker:{worker_code}" if actor == "worker" and worker_code else actor


def _own(session: Session, case_id: int, *, worker_code: str | None) -> Case:
    one(session, case_id, worker_code=worker_code)
    return load(session, case_id)
