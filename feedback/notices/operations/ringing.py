"""Danger that rings is taken by a key: whoever has the case, and was rung, need not find a computer first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import handling
from feedback.cases.queries import desks
from feedback.cases.queries.desks import Desk
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import numbers
from feedback.models import Case, Notice, OutboxMessage
from feedback.roles import OFFICE
from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.messaging import outbox

KEY = "1"
VOICE = "voice"


def taken_by_key(session: Session, identity: str, *, vault: Vault, now: datetime) -> bool:
    """Take the case of a ring by the key that somebody pressed; return whether it was theirs to take.

    On a worker's desk it is the worker's own telephone that takes it, on the office's any that is rung now.
    Anybody else has heard of it, and the rings go on.
    """
    message = outbox.by_identity(session, OutboxMessage, identity)
    if message is None or message.channel != VOICE or not message.sealed_number:
        return False
    notice = session.get(Notice, _notice_of(message.subject))
    if notice is None:
        return False
    case = session.get_one(Case, notice.case_id)
    desk = _desk_rung(session, case, vault.open(message.sealed_number, where=message.place), vault, now)
    try:
        return desk is not None and bool(
            handling.plainly(session, case.id, "answer", desk=desk, note="", now=now)
        )
    except Refused:  # taken meanwhile, or elsewhere by now
        return False


def _notice_of(subject: str) -> int:
    number = subject.partition("/")[0]
    return int(number) if number.isascii() and number.isdigit() else 0


def _desk_rung(session: Session, case: Case, number: str, vault: Vault, now: datetime) -> Desk | None:
    desk = desks.of_case(session, case)
    if desk == "worker" and case.worker_code:
        own = numbers.of_worker(session, case.worker_code)
        rung = number in {numbers.number_of(each, vault=vault) for each in own}
        return Desk("worker", worker_code=case.worker_code) if rung else None
    if desk == OFFICE and case.grid_code:
        line = contacts.answer(session, case.grid_code, at=now, vault=vault).line
        return Desk(OFFICE) if number in line else None
    return None
