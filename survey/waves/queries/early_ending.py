"""Whether two people agreed to end a field early."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey.models import EarlyEnding


def of(session: Session, label: str) -> EarlyEnding | None:
    """Return what was asked of a wave, confirmed or not; None where nobody asked."""
    return session.get(EarlyEnding, label)


def agreed(session: Session, label: str) -> EarlyEnding | None:
    """Return what two people of different roles agreed on; None before that."""
    found = of(session, label)
    return found if found is not None and found.confirmed_by is not None else None
