"""Where the field stands, for a supervisor: cases are counted, never listed; who is at work."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import appointments, outcome_counts, traits
from survey.fieldwork.queries.appointments import KeptRate
from survey.fieldwork.queries.traits import WaitingLanguage
from survey.models import Account, Attempt, Offer, SampledCase, Wave
from survey.registry.rules.number_states import FREE_OF_EFFORT
from survey.roles import INTERVIEWER

BEGUN, COMPLETE, LEASE, HAND_BACK, DROPPED = "begun", "complete", "lease", "hand_back", "dropped"
LAPSES, DROPS = 3, 5
"""So many cases left lying in a day call the supervisor, or so many attempts that count as none."""


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
    """An interviewer at work: what the case in hand is doing and since when, and how the day went.

    `lapsed` is how often a case left this hand because nobody stirred, `taken` because a supervisor took it,
    `dropped` how many attempts their interviewer ended in a way that counts as none: hung up, or our fault.
    """

    account: Account
    state: str | None
    since: datetime | None
    attempts: int
    completes: int
    lapsed: int = 0
    taken: int = 0
    dropped: int = 0

    @property
    def lets_lie(self) -> bool:
        """Whether so many cases were left lying today that somebody should go and see."""
        return self.lapsed >= LAPSES

    @property
    def drops(self) -> bool:
        """Whether so many attempts came to nothing by this hand that somebody should go and see."""
        return self.dropped >= DROPS


def field_counts(session: Session) -> FieldCounts | None:
    """Return the counts of the wave in the field; None where there is none."""
    label = session.scalar(select(Wave.label).where(Wave.state == "drawn"))
    if label is None:
        return None
    states = select(SampledCase.state, func.count()).where(SampledCase.wave_label == label)
    by_state = dict(session.execute(states.group_by(SampledCase.state)).all())
    kept = appointments.kept_rate(session, label)
    languages = traits.waiting_languages(session, label)
    return FieldCounts(label, by_state, outcome_counts.finals(session, label), kept, languages)


def seats(session: Session, *, since: datetime) -> list[Seat]:
    """Return every interviewer by code, with the attempts that were begun from `since` on."""
    days = _days(session, since=since)
    people = session.scalars(select(Account).where(Account.role == INTERVIEWER).order_by(Account.code))
    held = select(SampledCase).where(SampledCase.holder_id.is_not(None))
    case_of = {case.holder_id: case for case in session.scalars(held)}
    return [_seat(session, person, case_of.get(person.id), days[person.id]) for person in people]


def _days(session: Session, *, since: datetime) -> Mapping[int, Counter[str]]:
    """Count each interviewer's attempts: all that were begun, those complete, those that left the hand."""
    what = Attempt.interviewer_id, Attempt.code, Attempt.ended_by, Attempt.set_by
    rows = select(*what, func.count()).where(Attempt.started_at >= since).group_by(*what)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for interviewer, code, ended_by, set_by, count in session.execute(rows):
        found[interviewer][BEGUN] += count
        found[interviewer][DROPPED] += count if code in FREE_OF_EFFORT and set_by == INTERVIEWER else 0
        for named in {code, ended_by} & {COMPLETE, LEASE, HAND_BACK}:
            found[interviewer][str(named)] += count
    return found


def _seat(session: Session, person: Account, case: SampledCase | None, day: Counter[str]) -> Seat:
    counts = day[BEGUN], day[COMPLETE], day[LEASE], day[HAND_BACK], day[DROPPED]
    if case is None:
        return Seat(person, None, None, *counts)
    since = session.scalar(select(func.max(Offer.at)).where(Offer.unit == case.unit))
    return Seat(person, case.state, since, *counts)
