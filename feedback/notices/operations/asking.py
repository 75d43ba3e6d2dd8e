"""An operator asks a resident by telephone: the case goes on by the answer, nobody's rate holds it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import invitations
from feedback.cases.operations.steps import load, take
from feedback.cases.rules import requests
from feedback.models import SpokenAnswer
from feedback.notices.queries import unasked

UNREACHED = "unreached"
BY = "operator"


def note(session: Session, rating_id: int, *, solved: str, by: str, sends: bool, now: datetime) -> None:
    """Store what a resident said, or that nobody answered; raise NotFound for whom it isn't to be asked."""
    case = load(session, unasked.one(session, rating_id, sends=sends, now=now).case.id)
    unasked.one(session, rating_id, sends=sends, now=now)  # the case is held now: of two operators one asks
    if solved != UNREACHED:
        event = requests.event_of_word(solved)
        invitations.revoke(session, case, now=now)
        _store(session, case.id, case.round, solved=solved, by=by, now=now)
        take(session, case, event, actor="resident", by=BY, now=now)
        return
    _store(session, case.id, case.round, solved=solved, by=by, now=now)


def _store(session: Session, case_id: int, turn: int, *, solved: str, by: str, now: datetime) -> None:
    same = (SpokenAnswer.case_id == case_id, SpokenAnswer.round == turn)
    known = session.scalar(select(SpokenAnswer).where(*same).with_for_update())
    if known is None:
        session.add(SpokenAnswer(case_id=case_id, round=turn, solved=solved, asked_by=by, at=now, tried=1))
    else:
        known.solved, known.asked_by, known.at, known.tried = solved, by, now, known.tried + 1
    session.flush()
