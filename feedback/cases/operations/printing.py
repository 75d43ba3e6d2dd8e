"""A case goes onto paper: who printed it, when, and whether with the resident's number, is kept for good."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import handling
from feedback.cases.queries.desks import Desk
from feedback.ledger import write
from feedback.models import CasePrint


def note(
    session: Session, case_id: int, *, desk: Desk, login: str, name: str, numbered: bool, now: datetime
) -> CasePrint:
    """Keep that somebody prints a case on their desk; raise NotFound for any other."""
    case = handling.on_desk(session, case_id, desk=desk)
    printed = CasePrint(case_id=case.id, at=now, login=login, name=name, numbered=numbered)
    session.add(printed)
    session.flush()
    write(session, "case.print", at=now, c=case.code, b=login, n=int(numbered))
    return printed
