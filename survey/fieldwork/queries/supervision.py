"""Where the field stands, for a supervisor: cases are counted, never listed; who is at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import appointments, outcome_counts, traits
from survey.fieldwork.queries.appointments import KeptRate
from survey.fieldwork.queries.traits import WaitingLanguage
from survey.models import OF_REGISTRY, Account, Attempt, Offer, SampledCase, Wave
from survey.roles import INTERVIEWER


@dataclass(frozen=True, slots=True)
class FieldCounts:
    """The wave that is being called; its cases by state and by final outcome; appointments that were kept."""

    wave: str
    states: Mapping[str, int]
    finals: Counter[str]
    appointments: KeptRate
    languages: Sequence[WaitingLanguage] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """An interviewer at work: what the case in hand is doing and since when, and how the day went."""

    account: Account
    state: str | None
    since: datetime | None
    attempts: int
    completes: int


def field_counts(session: Session) -> FieldCounts | None:
    """Return the counts of the wave in the field; None where there is none."""
    label = session.scalar(
        select(Wave.label).where(Wave.state == "drawn").order_by(OF_REGISTRY.desc()).limit(1)
    )
    if label is None:
        return None
    states = select(SampledCase.state, func.count()).where(SampledCase.wave_label == label)
    by_state = dict(session.execute(states.group_by(SampledCase.state)).all())
    kept = appointments.kept_rate(session, label)
    languages = traits.waiting_languages(session, label)
    return FieldCounts(label, by_state, outcome_counts.finals(session, label), kept, languages)


def seats(session: Session, *, since: datetime) -> list[Seat]:
    """Return every interviewer by code, with the attempts that were begun from `since` on."""
    begun, complete = _attempts(session, since=since)
    people = session.scalars(select(Account).where(Account.role == INTERVIEWER).order_by(Account.code))
    held = select(SampledCase).where(SampledCase.holder_id.is_not(None))
    case_of = {case.holder_id: case for case in session.scalars(held)}
    return [
        _seat(session, person, case_of.get(person.id), begun[person.id], complete[person.id])
        for person in people
    ]


def _attempts(session: Session, *, since: datetime) -> tuple[Counter[int], Counter[int]]:
    """How many attempts each interviewer began, and how many of them ended complete."""
    rows = select(Attempt.interviewer_id, Attempt.code, func.count()).where(Attempt.started_at >= since)
    begun: Counter[int] = Counter()
    complete: Counter[int] = Counter()
    for interviewer, code, count in session.execute(rows.group_by(Attempt.interviewer_id, Attempt.code)):
        begun[interviewer] += count
        complete[interviewer] += count if code == "complete" else 0
    return begun, complete


def _seat(session: Session, person: Account, case: SampledCase | None, attempts: int, completes: int) -> Seat:
    if case is None:
        return Seat(person, None, None, attempts, completes)
    since = session.scalar(select(func.max(Offer.at)).where(Offer.unit == case.unit))
    return Seat(person, case.state, since, attempts, completes)
