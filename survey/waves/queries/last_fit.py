"""What the last wave's scores found of how far grids differ: the next one is planned by it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import ScoreRelease
from survey.waves.rules import planning
from survey.waves.rules.planning import Fit


def last_fit(session: Session) -> Fit:
    """Return what the last scores with a model found, or what is assumed before any."""
    last_first = select(ScoreRelease.wave_label, ScoreRelease.detail).order_by(ScoreRelease.id.desc())
    return planning.last_fit((wave, detail) for wave, detail in session.execute(last_first))
