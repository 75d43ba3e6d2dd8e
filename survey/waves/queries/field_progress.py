"""Where the calls of a wave stand, as counts alone."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.drawing.release import Progress
from survey.models import SampledCase
from survey.waves.queries import in_force, waves


def progress_of(session: Session, label: str) -> dict[str, Progress]:
    """Return where each stratum's calls stand, as counts alone."""
    codes = select(SampledCase.stratum, in_force.outcome()).where(
        SampledCase.wave_label == label, SampledCase.final_code.is_not(None)
    )
    finals: Counter[str] = Counter()
    completes: Counter[str] = Counter()
    for stratum, code in session.execute(codes):
        finals[stratum] += 1
        completes[stratum] += code == "complete"
    return {
        row.stratum: Progress(row.released, finals[row.stratum], completes[row.stratum], row.late)
        for row in waves.strata(session, label)
    }


def is_open(session: Session, label: str) -> bool:
    """Whether the main sample of the wave was released."""
    first = select(SampledCase.unit).where(SampledCase.wave_label == label).limit(1)
    return session.scalar(first) is not None
