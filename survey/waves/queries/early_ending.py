"""Whether two people agreed to end a field early."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey.drawing.canonical import canonical
from survey.models import EarlyEnding, Wave
from survey.waves.queries import sealed
from survey.waves.rules.early_ending import reason_entry


def of(session: Session, label: str) -> EarlyEnding | None:
    """Return what was asked of a wave, confirmed or not; None where nobody asked."""
    return session.get(EarlyEnding, label)


def agreed(session: Session, label: str) -> EarlyEnding | None:
    """Return what two people of different roles agreed on; None before that."""
    found = of(session, label)
    return found if found is not None and found.confirmed_by is not None else None


def words(session: Session, wave: Wave) -> bytes | None:
    """Return salt and reason of an early end as they are published; None where its reason is a code.

    What the ledger holds is their digest, by which anybody checks the words.
    """
    found, ended = agreed(session, wave.label), sealed.ended_early(session, wave)
    if found is None or ended is None or ended.why == found.why:
        return None
    if reason_entry(found.why, salt=found.salt) != ended.why:
        return None
    return canonical({"salt": found.salt, "why": found.why}) + b"\n"
