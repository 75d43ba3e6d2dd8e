"""What an interviewer tried and the desk refused: kept beside the sights of numbers, for the auditor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey.fieldwork.queries.access_log import REFUSED
from survey.models import AccessRecord, Account

LONGEST, WHAT = 32, 64


def keep(session: Session, *, by: Account, unit: str, step: str, now: datetime) -> None:
    """Record that an interviewer was refused a step with a household that isn't in hand, or not any more."""
    session.add(AccessRecord(at=now, by=by.login, unit=unit[:LONGEST], what=f"{REFUSED}{step}"[:WHAT]))
    session.flush()
