"""All data files of a wave, and what its codebook says of the study."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.keys import Keyring
from survey.datafiles.queries import calls, cases, checks, interviews
from survey.datafiles.queries.numbers import RunningNumbers
from survey.datafiles.rules.data_file import DataFile
from survey.models import Answer, Attempt, Offer, SampledCase
from survey.scores.queries import releases, score_inputs
from survey.scores.rules import estimation
from survey.scores.rules.inputs import ScoreInputs
from survey.waves.queries import waves

KEY = "data-files"
"""Name of the key file."""


def secret(keys: Keyring) -> bytes:
    """Return the key that draws the numbers of data files."""
    return keys.raw(KEY)


def of_wave(session: Session, label: str, *, secret: bytes) -> tuple[DataFile, ...]:
    """Return a wave's data files, once its scores are frozen; raise NotFound before.

    Cases and interviewers bear numbers of these files alone. The answers of completes are those that the
    ledger binds and the last release counts: Refused where they were changed, Gone where they are destroyed.
    """
    wave = waves.find(session, label)
    inputs = score_inputs.of_wave(session, label, number=releases.get(session, label).number)
    numbers = _numbers(session, inputs, secret=secret)
    weights = estimation.weights(inputs.units, sizes=inputs.sizes, areas=inputs.areas, margins=inputs.margins)
    return (
        cases.of_wave(session, inputs, numbers=numbers, weights=weights),
        interviews.of_wave(session, wave, inputs, numbers=numbers, weights=weights),
        *calls.of_wave(session, label, numbers=numbers),
        *checks.of_wave(session, label, numbers=numbers),
    )


def _numbers(session: Session, inputs: ScoreInputs, *, secret: bytes) -> RunningNumbers:
    sources = ((Attempt, Attempt.interviewer_id), (Answer, Answer.by_id), (Offer, Offer.interviewer_id))
    people: set[int] = set()
    for table, column in sources:
        joined = select(column).distinct().join(SampledCase, SampledCase.unit == table.unit)
        people |= set(session.scalars(joined.where(SampledCase.wave_label == inputs.label)))
    return RunningNumbers(label=inputs.label, secret=secret, units=inputs.units, interviewers=people)
