"""What was answered to the call items, by attempt: who spoke, whether of this household, who was fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from survey.fieldwork.questionnaire import entry
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.rules.whose_answers import HOUSEHOLD, PERSON, CallTurns
from survey.models import Attempt, AttemptAnswer, Dial


@dataclass(frozen=True, slots=True)
class CallSaid:
    """An attempt, and what was answered to its call items, one after the other: item, value, revision, when.

    `records`: whoever carries its open call can record it. `dialled` is when its last number was dialled.
    """

    id: int
    started: datetime
    ended: datetime | None
    code: str | None
    is_back: bool
    records: bool
    dialled: datetime | None
    said: Sequence[tuple[str, str, int, datetime]]

    @property
    def said_now(self) -> Sequence[tuple[str, str, int, datetime]]:
        """What was said on the last number: who answered another one consented to nothing here."""
        return [each for each in self.said if self.dialled is None or each[3] >= self.dialled]


def of_calls(session: Session, unit: str) -> list[CallSaid]:
    """Return every call to a household with what was said in it, the first call first; in one statement."""
    rows = session.execute(_calls(), {"unit": unit})
    return [_call(list(of_one)) for _id, of_one in groupby(rows, itemgetter(0))]


@cache
def _calls() -> Select[*tuple[Any, ...]]:
    recording = exists().where(Dial.attempt_id == Attempt.id, Dial.code.is_(None), Dial.records.is_(True))
    last = select(func.max(Dial.started_at)).where(Dial.attempt_id == Attempt.id).scalar_subquery()
    call = Attempt.id, Attempt.started_at, Attempt.ended_at, Attempt.code, Attempt.is_back, recording, last
    told = AttemptAnswer.item, AttemptAnswer.value, AttemptAnswer.rev, AttemptAnswer.at
    return (
        select(*call, *told)
        .outerjoin(AttemptAnswer, AttemptAnswer.attempt_id == Attempt.id)
        .where(Attempt.unit == bindparam("unit"))
        .order_by(Attempt.n, AttemptAnswer.id)
    )


def _call(rows: Sequence[Sequence[Any]]) -> CallSaid:
    *call, _item, _value, _rev, _at = rows[0]
    number, started, ended, code, is_back, records, dialled = call
    said = [(item, value, rev, at) for *_call, item, value, rev, at in rows if item is not None]
    return CallSaid(number, started, ended, code, is_back, records, dialled, said)


def turns(calls: Iterable[CallSaid]) -> list[CallTurns]:
    """Return the calls in which it changed who speaks."""
    spoke = ((call, [each for each in call.said if each[0] in {HOUSEHOLD, PERSON}]) for call in calls)
    return [
        CallTurns(call.started, call.ended, [(at, item, int(value)) for item, value, _rev, at in said])
        for call, said in spoke
        if any(rev > 1 for _item, _value, rev, _at in said)
    ]


def revision(session: Session, attempt_id: int, *, item: str, rev: int) -> Value | None:
    """Return what an item of a call was answered with at one revision; None where another number was it."""
    of_item = select(AttemptAnswer.value).where(AttemptAnswer.item == item, AttemptAnswer.rev == rev)
    given = of_item.where(AttemptAnswer.attempt_id == attempt_id, on_last_number(attempt_id))
    found = session.scalars(given).one_or_none()
    return None if found is None else entry.from_text(found)


def on_last_number(attempt_id: int) -> ColumnElement[bool]:
    """The condition that an answer of an attempt was given since its last number was dialled."""
    earlier = exists().where(Dial.attempt_id == attempt_id, Dial.started_at > AttemptAnswer.at)
    return ~earlier


def any_on_last_number(session: Session, attempt_id: int) -> bool:
    """Whether anything was answered to an attempt's call items since its last number was dialled."""
    given = select(AttemptAnswer.id).where(AttemptAnswer.attempt_id == attempt_id)
    return session.scalar(given.where(on_last_number(attempt_id)).limit(1)) is not None


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
