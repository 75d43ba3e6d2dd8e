"""What waits to be called, in its order, and who may not call it: read from the cases' own columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
)
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from huying.store.db import UtcDateTime
from survey.fieldwork.queries import field_rules, histories, traits, voided
from survey.fieldwork.queries.traits import Traits
from survey.fieldwork.rules.queue import (
    APPOINTED,
    CLOSED,
    NOT_PLACED,
    NOW,
    ORDINARY,
    PINNED,
    PUNCTUAL,
    FieldRules,
    WaitingCase,
    class_at,
)
from survey.models import Account, Attempt, SampledCase, Wave
from survey.waves.queries import opted_out, waves

LOOK = 4
TOGETHER = 500
FOR_ANOTHER = ("soft_refusal", "to_confirm")
"""Outcomes after which another interviewer calls."""
WAITING = ("queued", "resting")
REASONS = ("declined", "street", "language", "pinned")
"""Why a case isn't offered to this interviewer though it is another's turn next."""


@dataclass(frozen=True, slots=True)
class QueuedCase:
    """A case that may be called now, with what decides its turn, and why it isn't this interviewer's."""

    unit: str
    priority: int
    due: datetime
    fit: int
    counted: int
    rank: int
    theta: int | None
    why_not: str | None = None

    def offered_as(self, now: datetime) -> int:
        """Its class at that moment."""
        return class_at(self.priority, due=self.due, now=now)


@dataclass(frozen=True, slots=True)
class NextCase:
    """The case whose turn it is, and how many before it aren't this interviewer's, by reason."""

    case: QueuedCase
    filtered: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class QueueGlance:
    """Whether cases of a wave stand in line, whether some that rest are due, or nobody placed some yet."""

    in_line: bool
    due: bool
    new: bool

    @property
    def is_empty(self) -> bool:
        """Whether nobody could be given anything."""
        return not (self.in_line or self.due)


def next_of(
    session: Session, wave: Wave, *, rules: FieldRules, interviewer: Account, now: datetime
) -> NextCase | None:
    """Return the case of a wave that this interviewer is to call now; None where there is none."""
    theirs, passed = traits.of(session, interviewer.id, wave=wave.label), Counter[str]()
    for case in _in_order(session, wave, rules=rules, who=theirs, now=now):
        if case.why_not is None:
            return NextCase(case, passed)
        passed[case.why_not] += 1
    return None


def has_new(session: Session, wave: Wave) -> bool:
    """Whether cases wait that nobody placed yet."""
    return session.scalar(_new(), {"wave": wave.label}) is not None


def glance(session: Session, wave: Wave, *, now: datetime) -> QueueGlance:
    """Return whether there is anything to look for: an empty queue is pressed for again and again."""
    return QueueGlance(*session.execute(_glance(), {"wave": wave.label, "now": now}).one())


def draw_due(session: Session, wave: Wave, *, rules: FieldRules, now: datetime) -> datetime | None:
    """Return the moment for which the fits of a wave are to be drawn now; None where they stand."""
    at = rules.drawn_for(now)
    last = field_rules.last_refresh(session, wave.label) if at else None
    return None if at is None or (last and last.stamp == rules.stamp(at)) else at


def behind(session: Session, *, now: datetime) -> list[tuple[Wave, FieldRules]]:
    """Return the waves in the field whose fits are to be drawn or whose new cases are to be placed now."""
    known = ((wave, field_rules.of(session, wave)) for wave in waves.in_field(session))
    return [
        (wave, rules)
        for wave, rules in known
        if has_new(session, wave) or draw_due(session, wave, rules=rules, now=now)
    ]


def ordinary(
    session: Session, wave: Wave, *, until: datetime | None = None, new: bool = False
) -> Iterator[WaitingCase]:
    """Yield the ordinary cases that wait: those that open before `until`, or those that nobody placed yet."""
    columns = SampledCase.unit, SampledCase.priority, SampledCase.next_due, SampledCase.released_at
    query = select(*columns).where(
        SampledCase.wave_label == wave.label,
        SampledCase.state.in_(WAITING),
        SampledCase.holder_id.is_(None),
    )
    if new:
        query = query.where(SampledCase.fit == NOT_PLACED)
    else:
        query = query.where(SampledCase.priority == ORDINARY)
    if until is not None:
        query = query.where(SampledCase.opens_at < until)
    rows = session.execute(query.order_by(SampledCase.unit)).all()
    for start in range(0, len(rows), TOGETHER):
        several = rows[start : start + TOGETHER]
        history = histories.of_units(session, [row.unit for row in several])
        for unit, priority, due, released in several:
            yield WaitingCase(unit, priority, due, released or due, history.get(unit, ()))


def _in_order(
    session: Session, wave: Wave, *, rules: FieldRules, who: Traits, now: datetime
) -> Iterator[QueuedCase]:
    given = {"wave": wave.label, **parameters(who, now=now)}
    yield from _pages(session, _asked(), given)
    if rules.any_hour or rules.stamp(now) is not None:
        yield from _pages(session, _open(), given)


def parameters(who: Traits, *, now: datetime) -> dict[str, object]:
    """Return what the conditions of a claim are asked with."""
    return {
        "now": now,
        "punctual_since": now - PUNCTUAL,
        "punctual_until": now + PUNCTUAL,
        "pinned_since": now - PINNED,
        "interviewer": who.account_id,
        "strata": list(who.strata),
        "languages": list(who.languages),
    }


def _in_turn() -> Select[str]:
    """Ordinary cases that are open now, in the order of the index."""
    return (
        select(SampledCase.unit)
        .where(
            SampledCase.wave_label == bindparam("wave"),
            SampledCase.state == "queued",
            SampledCase.priority == ORDINARY,
            SampledCase.fit < CLOSED,
        )
        .order_by(SampledCase.fit, SampledCase.counted, SampledCase.rank)
    )


# To build a statement costs more than the database takes to answer it: each is built once.
@cache
def _new() -> Select[int]:
    new = _in_turn().where(SampledCase.fit == NOT_PLACED)
    return new.with_only_columns(literal(1)).limit(1)


@cache
def _glance() -> Select[*tuple[Any, ...]]:
    # Three looks at indexes: of conditions put together a database may read every case.
    of_wave = SampledCase.wave_label == bindparam("wave")
    in_line = exists().where(of_wave, SampledCase.state == "queued")
    due = exists().where(of_wave, SampledCase.state == "resting", SampledCase.opens_at <= _moment("now"))
    return select(in_line, due, _new().exists())


@cache
def _open() -> Select[*tuple[Any, ...]]:
    """Ordinary cases in their order."""
    return _columns(_in_turn()).where(SampledCase.next_due <= _moment("now"))


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    """What somebody of a household asked for: appointments and interviews to go on with."""
    on_time = and_(SampledCase.priority == APPOINTED, SampledCase.next_due >= _moment("punctual_since"))
    query = select(SampledCase.unit).where(
        SampledCase.wave_label == bindparam("wave"),
        SampledCase.state == "queued",
        SampledCase.priority < ORDINARY,
        or_(
            SampledCase.next_due <= _moment("now"),
            and_(SampledCase.priority == APPOINTED, SampledCase.next_due <= _moment("punctual_until")),
        ),
    )
    first = when((on_time, NOW), else_=SampledCase.priority)
    return _columns(query.order_by(first, SampledCase.next_due, SampledCase.counted, SampledCase.rank))


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=UtcDateTime())


def _columns(query: Select[str]) -> Select[*tuple[Any, ...]]:
    callable_now = query.where(SampledCase.holder_id.is_(None), ~opted_out.wished(SampledCase.unit))
    columns = callable_now.with_only_columns(
        SampledCase.unit,
        SampledCase.priority,
        SampledCase.next_due,
        SampledCase.fit,
        SampledCase.counted,
        SampledCase.rank,
        SampledCase.theta,
        why_not(),
    )
    return columns.offset(bindparam("start", type_=Integer())).limit(bindparam("look", type_=Integer()))


def why_not() -> ColumnElement[str | None]:
    """The first reason why a case isn't the interviewer's of `parameters`, NULL where it is."""
    reasons = {
        "declined": _declined(),
        "street": SampledCase.stratum.in_(bindparam("strata", expanding=True)),
        "language": and_(
            SampledCase.language.is_not(None),
            SampledCase.language.not_in(bindparam("languages", expanding=True)),
        ),
        "pinned": and_(
            SampledCase.priority == APPOINTED,
            SampledCase.pinned_id.is_not(None),
            SampledCase.pinned_id != bindparam("interviewer"),
            SampledCase.next_due > _moment("pinned_since"),
        ),
    }
    return when(*((reasons[name], name) for name in REASONS))


def _declined() -> ColumnElement[bool]:
    """The household put off this very interviewer, a supervisor took the case from them, or voided theirs."""
    put_off = exists().where(
        Attempt.unit == SampledCase.unit,
        Attempt.interviewer_id == bindparam("interviewer"),
        or_(Attempt.code.in_(FOR_ANOTHER), Attempt.ended_by == "hand_back"),
    )
    return or_(put_off, voided.of_interviewer(bindparam("interviewer")))


def _pages(
    session: Session, query: Select[*tuple[Any, ...]], given: Mapping[str, object]
) -> Iterator[QueuedCase]:
    """Yield cases some at a time: the first page nearly always holds the one."""
    start, look = 0, LOOK
    while rows := session.execute(query, {**given, "start": start, "look": look}).all():
        yield from (QueuedCase(*row) for row in rows)
        if len(rows) < look:
            return
        start, look = start + look, look * 25
