"""What an interviewer says of a call that its carrier had ended already: kept beside, and changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import line_states
from survey.models import Account, LaterKey


def keep(session: Session, unit: str, *, interviewer: Account, fence: int, said: str, now: datetime) -> bool:
    """Keep what an interviewer pressed after the carrier, once however often; tell whether it was after it.

    `said` is a code of a dial that reached nobody, or that somebody answered. The case goes on as the
    carrier's word led it.
    """
    dial = line_states.ended_first(session, unit, interviewer=interviewer, fence=fence)
    if dial is None:
        return False
    known = select(LaterKey.id).where(LaterKey.dial_ulid == dial.ulid, LaterKey.said == said)
    if session.scalar(known) is None:
        session.add(LaterKey(dial_ulid=dial.ulid, said=said, at=now, by_id=interviewer.id))
        session.flush()
    return True
