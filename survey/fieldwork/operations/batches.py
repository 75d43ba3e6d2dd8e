"""Each day's answers are sealed in the ledger together: nothing ties a commitment to a call."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import Select, exists, func, insert, select
from sqlalchemy.orm import Session

from huying.base.clock import day, local
from survey.drawing import entries
from survey.models import AnswerBatch, AnswerCommitment, Attempt, SampledCase
from survey.waves.queries import waves
from survey.waves.rules import wave_rules

EVENING = time(21)
"""After this nobody is called any more where the standard hours hold."""


def seal(session: Session, label: str, *, on: str, now: datetime) -> int:
    """Log all commitments that wait as the batch of the day `on`; return how many."""
    # The first two dials of a day come at once: what the one sealed, the other must see.
    ledger = waves.find(session, label).ledger
    ledger.hold(session)
    waiting = session.execute(_waiting(label)).all()
    if not waiting:
        return 0
    batch: dict[str, list[str]] = {}
    for stratum, commitment in waiting:
        batch.setdefault(stratum, []).append(commitment)
    entry = ledger.append(session, entries.answers(day=on, c=batch), at=now)
    rows = [{"commitment": commitment, "entry": entry} for _stratum, commitment in waiting]
    session.execute(insert(AnswerBatch), rows)
    return len(rows)


def seal_earlier(session: Session, label: str, *, now: datetime) -> int:
    """Log what waits from an earlier day of calling, before the first call of a new one."""
    if session.execute(_waiting(label).limit(1)).first() is None:
        return 0
    last = _last_call(session, label)
    return 0 if last is None or day(last) >= day(now) else seal(session, label, on=day(last), now=now)


def seal_day(session: Session, *, now: datetime) -> int:
    """Log the answers of every wave in the field whose day is over; return how many."""
    found = 0
    for wave in waves.in_field(session):
        over = wave_rules.read(wave.rules).hours == "standard" and local(now).time() >= EVENING
        found += seal(session, wave.label, on=day(now), now=now) if over else 0
        found += seal_earlier(session, wave.label, now=now)
    return found


def _waiting(label: str) -> Select[str, str]:
    columns = select(AnswerCommitment.stratum, AnswerCommitment.commitment)
    logged = exists().where(AnswerBatch.commitment == AnswerCommitment.commitment)
    return columns.where(AnswerCommitment.wave_label == label, ~logged)


def _last_call(session: Session, label: str) -> datetime | None:
    calls = select(func.max(Attempt.dialled_at)).join(SampledCase, SampledCase.unit == Attempt.unit)
    return session.scalar(calls.where(SampledCase.wave_label == label))
