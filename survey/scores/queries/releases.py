"""Score releases: of which waves there are any, and what they froze."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.models import ScoreRelease, Wave
from survey.scores.rules.estimation import ScoreRow


@dataclass(frozen=True, slots=True)
class FinishedWave:
    """A wave that is over, and whether its scores were computed."""

    wave: Wave
    scored: bool


def finished_waves(session: Session) -> list[FinishedWave]:
    """Return the waves that are over, the newest first."""
    ended = or_(Wave.state == "closed", Wave.ended_at.is_not(None))
    over = session.scalars(select(Wave).where(ended).order_by(Wave.first_entry.desc()))
    scored = set(session.scalars(select(ScoreRelease.wave_label)))
    return [FinishedWave(wave, wave.label in scored) for wave in over]


def find(session: Session, label: str) -> ScoreRelease | None:
    """Return the score release of a wave; None before its scores are computed."""
    return session.scalar(select(ScoreRelease).where(ScoreRelease.wave_label == label))


def get(session: Session, label: str) -> ScoreRelease:
    """Return the score release of a wave; raise NotFound before its scores are computed."""
    release = find(session, label)
    if release is None:
        raise NotFound(_("这一轮还没有得分。"))
    return release


def rows_of(release: ScoreRelease) -> tuple[ScoreRow, ...]:
    """Return the rows that a release froze."""
    return tuple(ScoreRow(**row) for row in json.loads(release.body)["rows"])
