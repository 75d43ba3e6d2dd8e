"""Late minus the rest of a wave, from the same sealed answers as its tally."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.drawing import groups, late_difference
from survey.drawing.late_difference import LateRow
from survey.models import AnswerCommitment, SampleUnit, Wave, WaveResult
from survey.waves.queries import sealed, waves
from survey.waves.rules import wave_rules


def tsv(session: Session, wave: Wave) -> bytes | None:
    """Return `late.tsv`: as published, else counted now; None where no late replicate was sealed."""
    if (kept := session.get(WaveResult, wave.label)) is not None:
        return None if kept.late is None else kept.late.encode()
    size = wave_rules.read(wave.rules).late
    return late_difference.tsv(_rows(session, wave, size=size)) if size else None


def _rows(session: Session, wave: Wave, *, size: int) -> tuple[LateRow, ...]:
    releases = (entry for entry in sealed.entries(session, wave) if entry["t"] == "release")
    ranks = late_difference.late_ranks(releases, design=waves.design_rows(session, wave.label), size=size)
    columns = select(AnswerCommitment.stratum, AnswerCommitment.answer, SampleUnit.rank)
    columns = columns.join(SampleUnit, SampleUnit.unit == AnswerCommitment.unit)
    found = session.execute(columns.where(waves.counts_in(wave.label))).all()
    answers = ((stratum, answer, rank in ranks.get(stratum, ())) for stratum, answer, rank in found)
    tally, _score = waves.grouped_tally(session, wave)
    return late_difference.count(answers, tally=tally, groups=groups.parse((wave.groups or "").encode()))
