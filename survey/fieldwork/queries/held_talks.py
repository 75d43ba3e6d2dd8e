"""Complete interviews that stand: who held each in which call, from when to when, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.fieldwork.questionnaire import entry
from survey.fieldwork.questionnaire.items import Answers
from survey.fieldwork.rules.corrections import COMPLETES
from survey.models import Account, Answer, Attempt, Interview, SampledCase
from survey.waves.queries import in_force

SCALES = 3
"""So many five-level answers have to be there before they can be even."""
TOGETHER = 500


@dataclass(frozen=True, slots=True)
class HeldTalk:
    """A complete interview: its interviewer (by code) and call, its times, the latest answer to each item.

    `moments` are when its answers were stored.
    """

    unit: str
    by: str
    interviewer_id: int
    attempt_id: int
    dialled: datetime
    started: datetime
    finished: datetime
    answers: Answers
    moments: Sequence[datetime]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.finished - self.started).total_seconds()

    def is_even(self, scales: Iterable[str]) -> bool | None:
        """Whether its answers to these items are all one; None where too few were asked."""
        found = [self.answers[item] for item in scales if item in self.answers]
        return len(set(found)) == 1 if len(found) >= SCALES else None


def of_units(session: Session, units: Sequence[str]) -> list[HeldTalk]:
    """Return the complete interviews of some cases that stand, by unit."""
    return [
        talk
        for start in range(0, len(units), TOGETHER)
        for talk in _several(session, units[start : start + TOGETHER])
    ]


def of_wave(session: Session, label: str) -> list[HeldTalk]:
    """Return the complete interviews of a wave that stand, by unit."""
    mine = select(SampledCase.unit).where(
        SampledCase.wave_label == label, SampledCase.final_code.is_not(None)
    )
    return of_units(session, session.scalars(mine.order_by(SampledCase.unit)).all())


def one(session: Session, unit: str) -> HeldTalk | None:
    """Return the complete interview of a case; None where none stands."""
    return next(iter(of_units(session, [unit])), None)


def _several(session: Session, units: Sequence[str]) -> Iterator[HeldTalk]:
    last = (
        select(Attempt.unit, func.max(Attempt.n).label("n"))
        .where(Attempt.unit.in_(units), Attempt.code == "complete")
        .group_by(Attempt.unit)
        .subquery()
    )
    rows = (
        select(Interview, Attempt, Account.code)
        .join(SampledCase, SampledCase.unit == Interview.unit)
        .join(last, last.c.unit == Interview.unit)
        .join(Attempt, (Attempt.unit == last.c.unit) & (Attempt.n == last.c.n))
        .join(Account, Account.id == Attempt.interviewer_id)
        .where(in_force.outcome().in_(COMPLETES), Interview.finished_at.is_not(None))
        .order_by(Interview.unit)
    )
    found = session.execute(rows).all()
    given = _given(session, [interview.unit for interview, _attempt, _code in found])
    for interview, attempt, code in found:
        told = [row for row in given.get(interview.unit, ()) if _counts(row, interview)]
        yield HeldTalk(
            unit=interview.unit,
            by=code or "",
            interviewer_id=attempt.interviewer_id,
            attempt_id=attempt.id,
            dialled=attempt.dialled_at or attempt.started_at,
            started=interview.began_at,
            finished=interview.finished_at or interview.began_at,
            answers={item: entry.from_text(value) for _at, item, value in told},
            moments=[at for at, _item, _value in told],
        )


def _counts(row: tuple[datetime, str, str], interview: Interview) -> bool:
    return interview.voided_at is None or row[0] > interview.voided_at


def _given(session: Session, units: Sequence[str]) -> Mapping[str, list[tuple[datetime, str, str]]]:
    """Return all answers of some interviews in their order."""
    rows = select(Answer.unit, Answer.at, Answer.item, Answer.value).where(Answer.unit.in_(units))
    stored = session.execute(rows.order_by(Answer.unit, Answer.id))
    return {
        unit: [(at, item, value) for _unit, at, item, value in theirs]
        for unit, theirs in groupby(stored, key=lambda row: row[0])
    }
