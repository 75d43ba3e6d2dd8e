"""What has to be told of a case, recorded once: the one door through which news of deadlines leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Case, Escalation


def record(
    session: Session,
    case: Case,
    key: str,
    *,
    kind: str,
    level: str,
    passed_at: datetime,
    now: datetime,
    number: int = 0,
    whistle_id: int | None = None,
) -> bool:
    """Record what `key` names within a case; tell whether it is new. It is recorded once, whoever asks."""
    known = select(Escalation.id).where(Escalation.case_id == case.id, Escalation.key == key)
    if session.scalar(known) is not None:
        return False
    session.add(
        Escalation(
            case_id=case.id,
            round=case.round,
            key=key,
            kind=kind,
            level=level,
            number=number,
            whistle_id=whistle_id,
            passed_at=passed_at,
            at=now,
        )
    )
    session.flush()
    return True


def after(session: Session, number: int, *, most: int = 500) -> Sequence[Escalation]:
    """Return what was recorded after the row of that number, in order: for whoever carries it on."""
    query = select(Escalation).where(Escalation.id > number).order_by(Escalation.id).limit(most)
    return session.scalars(query).all()
