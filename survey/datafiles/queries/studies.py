"""What a wave's codebook says of it as a study."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.clock import local
from survey.datafiles.rules.study import StudyFacts
from survey.fieldwork.queries import outcome_counts, questionnaires
from survey.fieldwork.rules.dispositions import group_of
from survey.models import Attempt, SampledCase
from survey.scores.queries import export, releases
from survey.waves.queries import waves
from survey.waves.rules import wave_rules


def of_wave(session: Session, label: str) -> StudyFacts:
    """Return the study; raise NotFound before the wave's scores are frozen."""
    wave = waves.find(session, label)
    form = questionnaires.of(session, wave_rules.read(wave.rules).wording)
    finals = outcome_counts.finals(session, label)
    released = select(func.count()).select_from(SampledCase).where(SampledCase.wave_label == label)
    first = select(func.min(Attempt.started_at)).join(SampledCase, SampledCase.unit == Attempt.unit)
    began = session.scalar(first.where(SampledCase.wave_label == label))
    ended = wave.ended_at or wave.closed_at
    return StudyFacts(
        label=label,
        households=wave.frame_size,
        released=session.scalar(released) or 0,
        completes=sum(number for code, number in finals.items() if group_of(code) == "I"),
        began=began and local(began),
        ended=ended and local(ended),
        questionnaire=form.name,
        wording=form.wording_hash,
        release=export.digest_of(releases.get(session, label)),
        frame_root=wave.frame_root,
    )
