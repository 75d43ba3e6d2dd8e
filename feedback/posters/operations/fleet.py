"""The fleet looked after: scans stored, silent posters noticed, inspections opened and done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.models import Inspection, Poster, ScanCount
from feedback.posters.rules import silence
from feedback.posters.rules.requests import InspectionFinding
from feedback.posters.rules.scans import ScanCounts
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _

ROUTINE = timedelta(days=90)
"""How often somebody looks at every poster, silent or not."""
LATELY = timedelta(weeks=2)
LONGEST_NOTE = 200


def store_scans(session: Session, counts: ScanCounts) -> None:
    """Add counts of scans to those stored; a code that is no poster's counts nowhere."""
    codes = {code for code, _hour in counts}
    found = session.scalars(
        select(Poster).where(Poster.code.in_(codes)).order_by(Poster.id).with_for_update()
    )
    posters = {poster.code: poster for poster in found}
    for (code, hour), scans in sorted(counts.items()):
        poster = posters.get(code)
        if poster is None:
            continue
        row = session.get(ScanCount, (poster.id, hour))
        if row is None:
            session.add(ScanCount(poster_id=poster.id, hour=hour, scans=scans))
        else:
            row.scans += scans
        poster.last_scan_at = max(filter(None, (poster.last_scan_at, hour)))
    session.flush()


def open_for(session: Session, poster: Poster, *, why: str, now: datetime) -> Inspection:
    """Open an inspection of a poster; while one is open there is no second."""
    known = session.scalar(_open().where(Inspection.poster_id == poster.id))
    if known is not None:
        return known
    inspection = Inspection(poster_id=poster.id, why=why, opened_at=now)
    session.add(inspection)
    session.flush()
    return inspection


def open_due(session: Session, *, now: datetime) -> int:
    """Open inspections of posters too long silent, or not looked at for 90 days; return how many."""
    waiting = select(Inspection.poster_id).where(Inspection.done_at.is_(None))
    hanging = select(Poster).where(
        Poster.posted_at.is_not(None), Poster.retired_at.is_(None), Poster.id.not_in(waiting)
    )
    rates = _rates(session, now=now)
    opened = 0
    for poster in session.scalars(hanging.order_by(Poster.id)):
        why = _why(poster, rate=rates.get(poster.id, 0.0), now=now)
        if why is not None:
            session.add(Inspection(poster_id=poster.id, why=why, opened_at=now))
            opened += 1
    session.flush()
    return opened


def look(
    session: Session, poster: Poster, finding: InspectionFinding, *, by: str, now: datetime
) -> Inspection:
    """Note what somebody found at a poster; it closes the open inspection, or stands for itself.

    Raise Conflict for a retired poster, Invalid for a note too long.
    """
    if poster.retired_at is not None:
        raise Conflict(_("这张海报已经停用了。"))
    if len(finding.note) > LONGEST_NOTE:
        raise Invalid(_("请不要超过 %(longest)s 个字。", longest=LONGEST_NOTE))
    inspection = session.scalar(_open().where(Inspection.poster_id == poster.id)) or Inspection(
        poster_id=poster.id, why="routine", opened_at=now
    )
    inspection.done_at, inspection.done_by = now, by
    inspection.genuine, inspection.note = finding.genuine, finding.note.strip()
    inspection.photo = finding.photo
    session.add(inspection)
    if finding.genuine:
        poster.last_genuine_at, poster.last_genuine_by = now, by
    session.flush()
    ledger.write(session, "poster.look", at=now, p=poster.dial_code, ok=int(finding.genuine))
    return inspection


def _why(poster: Poster, *, rate: float, now: datetime) -> str | None:
    posted = poster.posted_at or now
    seen = max(filter(None, (poster.last_genuine_at, posted)))
    if silence.is_silent(max(filter(None, (poster.last_scan_at, seen))), rate=rate, now=now):
        return "silent"
    return "routine" if now - seen >= ROUTINE else None


def _rates(session: Session, *, now: datetime) -> dict[int, float]:
    """Return each poster's scans a week, at the city's present pace."""
    since = now - silence.WEEK * silence.WEEKS_COUNTED
    counted = select(ScanCount.poster_id, func.sum(ScanCount.scans)).where(
        ScanCount.hour >= since, ScanCount.hour < now
    )
    by_poster = {
        poster: int(scans) for poster, scans in session.execute(counted.group_by(ScanCount.poster_id))
    }
    lately = select(func.coalesce(func.sum(ScanCount.scans), 0)).where(ScanCount.hour >= now - LATELY)
    city_now = (session.scalar(lately) or 0) / (LATELY / silence.WEEK)
    city_usual = sum(by_poster.values()) / silence.WEEKS_COUNTED
    return {
        poster: silence.rate(scans, city_now=city_now, city_usual=city_usual)
        for poster, scans in by_poster.items()
    }


def _open() -> Select[Inspection]:
    return select(Inspection).where(Inspection.done_at.is_(None)).order_by(Inspection.id).limit(1)
