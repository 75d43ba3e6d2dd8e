"""What was answered to the call items, by attempt: who spoke, whether of this household, who was fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from survey.fieldwork.questionnaire import entry
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.rules.whose_answers import HOUSEHOLD, PERSON, CallTurns
from survey.models import Attempt, AttemptAnswer, Dial


def of_attempt(session: Session, attempt_id: int) -> Mapping[str, Value]:
    """Return the latest answer to each call item of one attempt."""
    rows = select(AttemptAnswer.item, AttemptAnswer.value).where(AttemptAnswer.attempt_id == attempt_id)
    return {item: entry.from_text(value) for item, value in session.execute(rows.order_by(AttemptAnswer.id))}


@dataclass(frozen=True, slots=True)
class CallSaid:
    """An attempt, and what was answered to its call items, one after the other: item, value, revision, when.

    `records`: whoever carries its open call can record it.
    """

    id: int
    started: datetime
    ended: datetime | None
    code: str | None
    is_back: bool
    records: bool
    said: Sequence[tuple[str, str, int, datetime]]


def of_calls(session: Session, unit: str) -> list[CallSaid]:
    """Return every call to a household with what was said in it, the first call first; in one statement."""
    recording = exists().where(Dial.attempt_id == Attempt.id, Dial.code.is_(None), Dial.records.is_(True))
    call = Attempt.id, Attempt.started_at, Attempt.ended_at, Attempt.code, Attempt.is_back, recording
    told = AttemptAnswer.item, AttemptAnswer.value, AttemptAnswer.rev, AttemptAnswer.at
    rows = (
        select(*call, *told)
        .outerjoin(AttemptAnswer, AttemptAnswer.attempt_id == Attempt.id)
        .where(Attempt.unit == unit)
        .order_by(Attempt.n, AttemptAnswer.id)
    )
    return [_call(list(of_one)) for _id, of_one in groupby(session.execute(rows), itemgetter(0))]


def _call(rows: Sequence[Sequence[Any]]) -> CallSaid:
    *call, _item, _value, _rev, _at = rows[0]
    number, started, ended, code, is_back, records = call
    said = [(item, value, rev, at) for *_call, item, value, rev, at in rows if item is not None]
    return CallSaid(number, started, ended, code, is_back, records, said)


def turns(calls: Iterable[CallSaid]) -> list[CallTurns]:
    """Return the calls in which it changed who speaks."""
    spoke = ((call, [each for each in call.said if each[0] in {HOUSEHOLD, PERSON}]) for call in calls)
    return [
        CallTurns(call.started, call.ended, [(at, item, int(value)) for item, value, _rev, at in said])
        for call, said in spoke
        if any(rev > 1 for _item, _value, rev, _at in said)
    ]


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
