"""The end of a field as people ask for it: early, while households wait, by two of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey.fieldwork.operations import close
from survey.models import Wave
from survey.waves.queries import early_ending


def end(session: Session, label: str, *, now: datetime) -> Wave:
    """Close the field of a wave; raise Refused where it would be early and two people didn't agree to it."""
    early_ending.check_may_end(session, label, now=now)
    return close.close(session, label, now=now)
