"""What waits to be called, in its order, and whether effort and hours allow it now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import histories
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.hours import may_dial, window, windows_left
from survey.fieldwork.rules.queue import APPOINTED, ORDINARY, PUNCTUAL
from survey.models import Account, Attempt, SampledCase, Wave
from survey.waves.rules import wave_rules
from survey.waves.rules.effort import Effort
from survey.waves.rules.slots import WINDOWS

LOOK = 100


@dataclass(frozen=True, slots=True)
class _Moment:
    """What decides, at one moment of one wave, whether a case may be called.

    `verdicts` remembers what was decided for a history: many cases have gone through the same.
    """

    at: datetime
    effort: Effort
    any_hour: bool
    seed: str
    window: str | None
    left: frozenset[str]
    verdicts: dict[object, bool] = field(default_factory=dict)

    def allows(self, candidate: _Candidate, *, history: Sequence[policy.DialledAttempt]) -> bool:
        """Whether effort and windows allow one more attempt now."""
        if not history and not candidate.asked:
            return self._allows_first(candidate)
        key = (candidate.asked, *((each.code, each.window, each.day) for each in history))
        if key not in self.verdicts:
            self.verdicts[key] = self._allows_again(history, asked=candidate.asked)
        return self.verdicts[key]

    def _allows_again(self, history: Sequence[policy.DialledAttempt], *, asked: bool) -> bool:
        if not policy.may_try(history, at=self.at, asked=asked, rules=self.effort):
            return False
        if asked or self.any_hour:
            return True
        return self.window in policy.open_windows(history, left=self.left, rules=self.effort)

    def _allows_first(self, candidate: _Candidate) -> bool:
        if self.any_hour or self.window is None:
            return self.any_hour
        first = policy.first_windows(self.seed, unit=candidate.unit, released=candidate.due, now=self.at)
        return self.window in (first & self.left or self.left)


@dataclass(frozen=True, slots=True)
class _Candidate:
    unit: str
    due: datetime
    asked: bool


def first(session: Session, wave: Wave, *, interviewer: Account, now: datetime) -> str | None:
    """Return the case of a wave that this interviewer is to call now; None where there is none."""
    moment = _moment(wave, now=now)
    if moment is None:
        return None
    query = _candidates(wave, interviewer=interviewer, now=now)
    for several in _pages(session, query):
        histories_of = histories.of_units(session, [each.unit for each in several])
        for each in several:
            if moment.allows(each, history=histories_of.get(each.unit, ())):
                return each.unit
    return None


def _moment(wave: Wave, *, now: datetime) -> _Moment | None:
    """Return what holds now, or None where nobody may be called."""
    sealed = wave_rules.read(wave.rules)
    over = wave.field_ends_at is not None and now >= wave.field_ends_at
    if over or (sealed.hours == "standard" and not may_dial(now)):
        return None
    ends = wave.field_ends_at
    left = windows_left(now, until=ends) if ends else frozenset(WINDOWS)
    any_hour = sealed.hours == "any"
    return _Moment(now, sealed.effort, any_hour, histories.field_seed(wave), window(now), left)


def _candidates(wave: Wave, *, interviewer: Account, now: datetime) -> Select[str, datetime, int]:
    """Cases that wait and are due, in the order in which they are offered."""
    appointed = SampledCase.priority == APPOINTED
    kind = case((and_(appointed, SampledCase.next_due >= now - PUNCTUAL), 0), else_=SampledCase.priority)
    due_first = case((SampledCase.priority < ORDINARY, SampledCase.next_due))
    return (
        select(SampledCase.unit, SampledCase.next_due, SampledCase.priority)
        .where(
            SampledCase.wave_label == wave.label,
            SampledCase.holder_id.is_(None),
            SampledCase.state.in_(("queued", "resting")),
            or_(SampledCase.next_due <= now, and_(appointed, SampledCase.next_due <= now + PUNCTUAL)),
            ~_declined(interviewer),
        )
        .order_by(kind, due_first, SampledCase.counted, SampledCase.rank)
    )


def _declined(interviewer: Account) -> ColumnElement[bool]:
    """The household put off this very interviewer, or a supervisor took the case from them."""
    return exists().where(
        Attempt.unit == SampledCase.unit,
        Attempt.interviewer_id == interviewer.id,
        or_(Attempt.code == "soft_refusal", Attempt.ended_by == "hand_back"),
    )


def _pages(session: Session, query: Select[str, datetime, int]) -> Iterator[list[_Candidate]]:
    """Yield the candidates some at a time: the first page nearly always holds the one."""
    start, look = 0, LOOK
    while rows := session.execute(query.offset(start).limit(look)).all():
        yield [_Candidate(unit, due, asked=priority < ORDINARY) for unit, due, priority in rows]
        start, look = start + look, look * 5
