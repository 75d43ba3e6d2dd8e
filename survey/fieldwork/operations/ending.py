"""The end of a field as people ask for it: early, while households wait, by two of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey.fieldwork.operations import close
from survey.fieldwork.operations.close import EarlyEnd
from survey.models import Wave
from survey.waves.queries import early_ending
from survey.waves.rules.early_ending import Signer, reason_entry


def end(session: Session, label: str, *, now: datetime) -> Wave:
    """Close the field of a wave, early where two people agreed to it and it is.

    Raises Refused where it would be early and they didn't.
    """
    early = _agreed(session, label)
    if early is not None and close.is_worked(session, label):
        early = None
    return close.close(session, label, now=now, early=early)


def _agreed(session: Session, label: str) -> EarlyEnd | None:
    row = early_ending.agreed(session, label)
    if row is None or row.confirmed_by is None or row.confirmed_role is None:
        return None
    signers = Signer(row.asked_by, row.asked_role), Signer(row.confirmed_by, row.confirmed_role)
    return EarlyEnd((signers[0].entry(), signers[1].entry()), reason_entry(row.why, salt=row.salt))
