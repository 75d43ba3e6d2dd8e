"""What was answered to the call items, by attempt: who spoke, whether of this household, who was fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.questionnaire import entry
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.rules.whose_answers import HOUSEHOLD, PERSON, CallTurns
from survey.models import Attempt, AttemptAnswer


def of_attempt(session: Session, attempt_id: int) -> Mapping[str, Value]:
    """Return the latest answer to each call item of one attempt."""
    rows = select(AttemptAnswer.item, AttemptAnswer.value).where(AttemptAnswer.attempt_id == attempt_id)
    return {item: entry.from_text(value) for item, value in session.execute(rows.order_by(AttemptAnswer.id))}


def turns(session: Session, unit: str) -> list[CallTurns]:
    """Return the calls to a household in which it changed who speaks."""
    columns = Attempt.id, Attempt.started_at, Attempt.ended_at, AttemptAnswer.at, AttemptAnswer.item
    rows = (
        select(*columns, AttemptAnswer.value, AttemptAnswer.rev)
        .join(AttemptAnswer, AttemptAnswer.attempt_id == Attempt.id)
        .where(Attempt.unit == unit, AttemptAnswer.item.in_((HOUSEHOLD, PERSON)))
    )
    told: dict[int, list[tuple[datetime, str, int]]] = {}
    calls: dict[int, tuple[datetime, datetime | None]] = {}
    for number, started, ended, at, item, value, rev in session.execute(rows.order_by(AttemptAnswer.id)):
        told.setdefault(number, []).append((at, item, int(value)))
        if rev > 1:
            calls[number] = (started, ended)
    return [CallTurns(started, ended, told[number]) for number, (started, ended) in calls.items()]


def revision(session: Session, attempt_id: int, *, item: str, rev: int) -> Value:
    """Return what an item of a call was answered with at one revision."""
    of_item = select(AttemptAnswer.value).where(AttemptAnswer.item == item, AttemptAnswer.rev == rev)
    return entry.from_text(session.scalars(of_item.where(AttemptAnswer.attempt_id == attempt_id)).one())


def of_units(session: Session, units: Sequence[str]) -> dict[tuple[str, int], dict[str, Value]]:
    """Return the latest answer to each call item, by unit and the attempt's number in it."""
    found: dict[tuple[str, int], dict[str, Value]] = {}
    rows = (
        select(Attempt.unit, Attempt.n, AttemptAnswer.item, AttemptAnswer.value)
        .join(Attempt, Attempt.id == AttemptAnswer.attempt_id)
        .where(Attempt.unit.in_(units))
        .order_by(AttemptAnswer.id)
    )
    for unit, n, item, value in session.execute(rows):
        found.setdefault((unit, n), {})[item] = entry.from_text(value)
    return found
