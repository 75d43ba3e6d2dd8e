"""An operator calls a resident: taken, done, or nobody answered, each a step of the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import proofs
from feedback.cases.operations.steps import keep, load
from feedback.cases.queries import call_backs as queries
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import call_backs
from feedback.models import Case, ResidentCall
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.base.phones import Vault

ACTOR = "operator"


def take(session: Session, case_id: int, why: str, *, by: str, now: datetime) -> ResidentCall:
    """Let an operator make a call; raise Conflict while it is another's."""
    case = load(session, case_id)
    call = _known(session, case, why)
    if call.taken_by != by and call_backs.is_held(call.taken_at, now=now):
        raise Conflict(_("这个电话已经有人在打了。"))
    if call.taken_by == by and call_backs.is_held(call.taken_at, now=now):
        return call
    call.taken_by, call.taken_at = by, now
    _tell(session, case, call_backs.TAKEN, now=now)
    return call


def missed(session: Session, case_id: int, why: str, *, by: str, now: datetime) -> str:
    """Note that nobody answered; after three times nobody tries again. Return what it came to."""
    case = load(session, case_id)
    call = _mine(session, case, why, by=by, now=now)
    call.tries, call.taken_at = call.tries + 1, None
    call.outcome = call_backs.outcome(call.tries)
    call.settled_at = now if call.outcome else None
    _tell(session, case, call_backs.MISSED, now=now)
    return call.outcome


def reached(session: Session, case_id: int, why: str, *, by: str, vault: Vault, now: datetime) -> None:
    """Note that the resident was reached: the number is proven by it."""
    case = load(session, case_id)
    close(session, case, why, by=by, now=now)
    if not case_queries.is_proven(session, case):
        proofs.prove_by_call(session, case.id, by=by, vault=vault, now=now)


def close(session: Session, case: Case, why: str, *, by: str, now: datetime) -> None:
    """Note that a call came to its end."""
    call = _mine(session, case, why, by=by, now=now)
    call.outcome, call.settled_at = "done", now
    _tell(session, case, call_backs.DONE, now=now)


def _mine(session: Session, case: Case, why: str, *, by: str, now: datetime) -> ResidentCall:
    call = _known(session, case, why)
    if call.taken_by != by or not call_backs.is_held(call.taken_at, now=now):
        raise Conflict(_("请先按“我来打”。"))
    return call


def _known(session: Session, case: Case, why: str) -> ResidentCall:
    call = queries.made(session, case, why)
    if call is None:
        call = ResidentCall(case_id=case.id, why=why, round=case.round, taken_by="", tries=0, outcome="")
        session.add(call)
    if call.settled_at is not None:
        raise Conflict(_("这个电话已经打过了。"))
    return call


def _tell(session: Session, case: Case, event: str, *, now: datetime) -> None:
    keep(session, case, event, actor=ACTOR, now=now)
    session.flush()
