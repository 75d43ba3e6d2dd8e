"""Several cases of a desk answered in one transaction: all of them, each by a step of its own, or none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import handling, whistles
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.batches import BatchRefused, CaseBatch
from feedback.cases.rules.codes import number_of
from feedback.models import Case
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _
from huying.base.phones import Vault


def answer(session: Session, batch: CaseBatch, *, desk: Desk, vault: Vault, now: datetime) -> int:
    """Do a batch's move with each of its cases; return how many. Raise BatchRefused, then do none."""
    faults = []
    cases = sorted(set(batch.cases))  # in one order for all, so that two batches never wait for each other
    for case_id in cases:
        try:
            _move(session, case_id, batch, desk=desk, vault=vault, now=now)
        except Refused as refusal:
            faults.append(_fault(session, case_id, refusal))
    if faults:
        raise BatchRefused(tuple(faults))
    return len(cases)


def _fault(session: Session, case_id: int, refusal: Refused) -> str:
    found = session.get(Case, case_id) if not isinstance(refusal, NotFound) else None
    number = number_of(found.code) if found else str(case_id)
    return _("编号 %(number)s：%(why)s", number=number, why=refusal.message)


def _move(
    session: Session, case_id: int, batch: CaseBatch, *, desk: Desk, vault: Vault, now: datetime
) -> None:
    if batch.move == "accept":
        handling.plainly(session, case_id, "accept", desk=desk, note=batch.note, now=now)
        return
    case = handling.on_desk(session, case_id, desk=desk)
    if batch.refusal is not None:
        own = desk.actor.partition(":")[2]
        whistles.refuse_case(session, case, batch.refusal, department_code=own, now=now)
    else:
        handling.declare(session, case.id, actor=desk.actor, note=batch.note, now=now, vault=vault)
