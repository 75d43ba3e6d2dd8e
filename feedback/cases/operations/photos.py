"""Photos of a case: kept small, without metadata, for a year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback.cases.rules.retention import KEPT, PHOTO
from feedback.models import Case, CasePhoto


def keep(session: Session, case: Case, pictures: Sequence[bytes], *, now: datetime) -> None:
    """Store photos that were made small already; their originals are nowhere."""
    for position, content in enumerate(pictures, 1):
        session.add(CasePhoto(case_id=case.id, position=position, at=now, content=content))
    session.flush()


def positions(session: Session, case_id: int) -> list[int]:
    """Return which photos a case has."""
    own = select(CasePhoto.position).where(CasePhoto.case_id == case_id).order_by(CasePhoto.position)
    return list(session.scalars(own))


def one(session: Session, case_id: int, position: int) -> bytes | None:
    """Return a photo of a case, JPEG, or None."""
    found = session.get(CasePhoto, (case_id, position))
    return found.content if found else None


def erase(session: Session, case: Case) -> int:
    """Delete a case's photos, as its resident may ask; return how many."""
    own = delete(CasePhoto).where(CasePhoto.case_id == case.id).returning(CasePhoto.position)
    return len(session.scalars(own).all())


def forget(session: Session, *, now: datetime) -> int:
    """Delete the photos that are a year old; return how many."""
    old = delete(CasePhoto).where(CasePhoto.at <= now - KEPT[PHOTO]).returning(CasePhoto.position)
    return len(session.scalars(old).all())
