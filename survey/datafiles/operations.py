"""Whoever takes a wave's data along stands in the records, with what for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey.datafiles.rules import purpose as purposes
from survey.fieldwork.queries.access_log import TAKEN
from survey.models import AccessRecord
from survey.scores.queries import releases
from survey.waves.queries import waves


def take(session: Session, label: str, *, by: str, purpose: str, now: datetime) -> None:
    """Record that somebody takes a wave's data files; raise NotFound before its scores are frozen.

    Raises Invalid without a purpose, or with one that the records have no room for.
    """
    waves.find(session, label)
    releases.get(session, label)
    session.add(AccessRecord(at=now, by=by, unit=label, what=f"{TAKEN}{purposes.check(purpose)}"))
