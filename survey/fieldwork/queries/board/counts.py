"""Counts of a wave's field as triggers keep them; and the same counted anew, from every case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from survey.fieldwork.rules.board.counted import CaseToCount, EndedAttempt
from survey.models import Appointment, Attempt, FieldCount, SampledCase
from survey.waves.queries import in_force

BY_WHAT = ("case", "made", "language", "outcome", "nth", "hour", "date", "day", "seat", "busy", "kept")
AFTER = "~"
"""Sorts after everything that a key begins with."""
HALF_MILLISECOND = timedelta(microseconds=500)


def of(session: Session, label: str, what: str, *, within: str = "") -> dict[str, int]:
    """Return the counts of a kind by key, of those keys that begin with `within`."""
    total = func.sum(FieldCount.n)
    rows = select(FieldCount.key, total).where(FieldCount.wave_label == label, FieldCount.what == what)
    if within:
        rows = rows.where(FieldCount.key >= within, FieldCount.key < within + AFTER)
    return dict(session.execute(rows.group_by(FieldCount.key).having(total != 0)).all())


def spare(session: Session) -> int:
    """Return how many rows there are more than counts."""
    key = FieldCount.wave_label, FieldCount.what, FieldCount.key
    counts = select(*key).distinct().subquery()
    rows = select(func.count()).select_from(FieldCount).scalar_subquery()
    return session.scalar(select(rows - select(func.count()).select_from(counts).scalar_subquery())) or 0


def anew(session: Session, label: str) -> Mapping[str, Counter[str]]:
    """Count a wave's field from its cases, attempts and appointments themselves."""
    found = {what: Counter[str]() for what in BY_WHAT}
    for case in _cases(session, label):
        for what, key in case.keys().items():
            found[what][key] += 1
    for attempt in _ended(session, label):
        for what, (key, n) in attempt.keys().items():
            found[what][key] += n
    for kept in session.scalars(_kept(label)):
        found["kept"][str(int(bool(kept)))] += 1
    return found


def differing(session: Session, label: str) -> list[tuple[str, str, int, int]]:
    """Return what is counted wrong: what, its key, the count that is kept, and the true one."""
    true = anew(session, label)
    found = {what: of(session, label, what) for what in BY_WHAT}
    keys = [(what, key) for what in BY_WHAT for key in sorted(found[what].keys() | true[what].keys())]
    both = [(what, key, found[what].get(key, 0), true[what][key]) for what, key in keys]
    return [each for each in both if each[2] != each[3]]


def _cases(session: Session, label: str) -> list[CaseToCount]:
    case = SampledCase
    columns: tuple[Any, ...] = (
        *(case.state, case.priority, case.opens_at, case.next_due, case.fit, case.counted, case.language),
        in_force.outcome(),
    )
    return [CaseToCount(*row) for row in session.execute(select(*columns).where(case.wave_label == label))]


def _ended(session: Session, label: str) -> list[EndedAttempt]:
    columns: tuple[Any, ...] = (
        *(Attempt.n, Attempt.interviewer_id, Attempt.started_at, Attempt.dialled_at),
        *(Attempt.ended_at, func.coalesce(Attempt.ended_by, ""), func.coalesce(Attempt.code, "")),
    )
    rows = select(*columns).join(SampledCase, SampledCase.unit == Attempt.unit)
    ended = rows.where(SampledCase.wave_label == label, Attempt.ended_at.is_not(None))
    as_counted = _rounded if session.get_bind().dialect.name == "sqlite" else _same
    return [EndedAttempt(*map(as_counted, row)) for row in session.execute(ended)]


def _same(value: Any) -> Any:
    return value


def _rounded(value: Any) -> Any:
    """Return an instant as SQLite's clock reads it, to the nearest millisecond; anything else as it is."""
    if not isinstance(value, datetime):
        return value
    nearest = value + HALF_MILLISECOND
    return nearest - timedelta(microseconds=nearest.microsecond % 1000)


def _kept(label: str) -> Select[bool | None]:
    rows = select(Appointment.kept).join(SampledCase, SampledCase.unit == Appointment.unit)
    return rows.where(SampledCase.wave_label == label, Appointment.kept.is_not(None))
