"""What is known of posters in the street: scans, inspections, photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.models import Inspection, Poster, ScanCount
from huying.base.errors import NotFound
from huying.base.i18n import _


def scans_of(session: Session, poster: Poster, *, since: datetime) -> int:
    """Return how often a poster was scanned since an instant."""
    counted = select(func.coalesce(func.sum(ScanCount.scans), 0)).where(
        ScanCount.poster_id == poster.id, ScanCount.hour >= since
    )
    return int(session.scalar(counted) or 0)


def waiting(session: Session, *, most: int) -> Sequence[tuple[Inspection, Poster]]:
    """Return the inspections that are open, residents' reports first, then the oldest."""
    query = (
        select(Inspection, Poster)
        .join(Poster, Poster.id == Inspection.poster_id)
        .where(Inspection.done_at.is_(None))
        .order_by(Inspection.why != "reported", Inspection.opened_at, Inspection.id)
        .limit(most)
    )
    return [(inspection, poster) for inspection, poster in session.execute(query)]


def how_many_wait(session: Session) -> int:
    """Return how many inspections are open."""
    return session.scalar(select(func.count()).where(Inspection.done_at.is_(None))) or 0


def photo_of(session: Session, inspection_id: int) -> bytes:
    """Return the photo of an inspection, JPEG; raise NotFound."""
    found = session.get(Inspection, inspection_id)
    if found is None or found.photo is None:
        raise NotFound(_("没有这张照片。"))
    return found.photo


def looks_at(session: Session, poster: Poster) -> list[Inspection]:
    """Return all inspections of a poster, the latest first."""
    own = select(Inspection).where(Inspection.poster_id == poster.id)
    return list(session.scalars(own.order_by(Inspection.id.desc())))
