"""Results that everybody may see: the city's and the streets' figures of waves whose score is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.models import CorrectedRelease, ScoreRelease, Wave
from survey.scores.queries import releases
from survey.scores.rules.pipeline import CITY, OVERALL, RATED, STREET
from survey.scores.rules.release import ScoreRow


@dataclass(frozen=True, slots=True)
class PublicResult:
    """What a wave found: the city's rows of every item, and each street's overall one, by code.

    `number` says which release it is; after the first, `undone` answers of the one before count no more, for
    the reason `why`.
    """

    label: str
    frame_size: int
    drawn_at: datetime | None
    ended_at: datetime | None
    city: tuple[ScoreRow, ...]
    streets: tuple[ScoreRow, ...]
    number: int
    undone: int
    why: str


def newest(session: Session) -> PublicResult | None:
    """Return the result of the last wave whose score is published; None before there is any."""
    published = (
        select(Wave)
        .join(ScoreRelease, ScoreRelease.wave_label == Wave.label)
        .where(Wave.state == "closed")
        .order_by(Wave.first_entry.desc())
        .limit(1)
    )
    wave = session.scalars(published).first()
    return None if wave is None else _result(session, wave)


def of(session: Session, label: str) -> PublicResult:
    """Return a wave's result; raise NotFound unless its score is published."""
    wave = session.get(Wave, label)
    if wave is None or wave.state != "closed" or releases.find(session, label) is None:
        raise NotFound(_("这一轮还没有公布得分。"))
    return _result(session, wave)


def _result(session: Session, wave: Wave) -> PublicResult:
    release = releases.get(session, wave.label)
    rows, corrects = releases.rows_of(release), releases.change(release)
    streets = (row for row in rows if (row.level, row.item, row.den) == (STREET, OVERALL, RATED))
    return PublicResult(
        label=wave.label,
        frame_size=wave.frame_size,
        drawn_at=wave.drawn_at,
        ended_at=wave.ended_at or wave.closed_at,
        city=tuple(row for row in rows if row.level == CITY),
        streets=tuple(sorted(streets, key=lambda row: row.unit)),
        number=release.number,
        undone=0 if corrects is None else corrects.undone,
        why=release.why if isinstance(release, CorrectedRelease) else "",
    )
