"""Who holds which case: the next one in its order, a lease that runs out, a fence that stops stale pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _, lazy
from survey import campaign
from survey.fieldwork.queries import held_cases, histories
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.hours import may_dial, window, windows_left
from survey.models import Account, Attempt, Interview, Offer, SampledCase, Wave
from survey.waves.queries import waves
from survey.waves.rules import wave_rules
from survey.waves.rules.effort import Effort
from survey.waves.rules.slots import WINDOWS

LEASE = timedelta(seconds=120)
TALK = timedelta(minutes=10)
"""Leases: to reach somebody, and in a talk: a long answer to one question must not lose the case."""
PUNCTUAL = timedelta(minutes=10)
APPOINTED, PARTIAL, ORDINARY = 1, 2, 3
"""Priorities of a waiting case."""
LOOK = 100
NOT_YOURS = lazy("这一户已经不在您手上（时间到了，或已交还），刚才的内容没有保存。")
ELSEWHERE = lazy("这一户已经在另一个页面上继续，这一页刚才的内容没有保存。")


def next_case(session: Session, *, interviewer: Account, now: datetime) -> SampledCase | None:
    """Claim the next case for the interviewer: the one already held, else the first that may be called now.

    There is no choice and no list. Returns None where nothing may be called now.
    """
    # One claim at a time: with clock and log the order of offers can be replayed.
    campaign.campaign_lock(session)
    sweep(session, now=now)
    if mine := held_cases.held(session, interviewer=interviewer):
        return mine
    for wave in waves.in_field(session):
        unit = _first(session, wave, interviewer=interviewer, now=now)
        if unit is not None:
            return _claim(session, unit, interviewer=interviewer, now=now)
    return None


def seat(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> SampledCase:
    """Return the case held under this fence, its lease renewed; raise Conflict otherwise."""
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id != interviewer.id:
        raise Conflict(NOT_YOURS)
    if found.fence != fence:
        raise Conflict(ELSEWHERE)
    lease(found, now=now)
    return found


def lease(found: SampledCase, *, now: datetime) -> None:
    """Let the case in hand be held for a while from now on."""
    found.lease_until = now + (LEASE if found.state == "held" else TALK)


def renew(session: Session, unit: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Renew the lease: the page's heartbeat."""
    seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    session.flush()


def take_over(
    session: Session, unit: str, *, interviewer: Account, now: datetime, tab: str = ""
) -> SampledCase:
    """Go on with the case in hand in another browser tab: the former tab's fence is stale from now on."""
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id != interviewer.id:
        raise Conflict(NOT_YOURS)
    found.fence, found.tab = found.fence + 1, tab
    lease(found, now=now)
    session.flush()
    return found


def hand_back(session: Session, unit: str, *, by: Account, reason: str, now: datetime) -> None:
    """Take a case from its holder (a supervisor does): it costs the household nothing and goes to another.

    Raises Conflict once somebody was reached: nobody ends a talk from outside.
    """
    found = session.get(SampledCase, unit, with_for_update=True, populate_existing=True)
    if found is None or found.holder_id is None:
        raise Conflict(_("这一户已经没有人拿着了。"))
    if found.state != "held":
        raise Conflict(_("这一户已经接通，要等访问员记下通话结果，不能收回。"))
    _end(session, found, ended_by="hand_back", note=f"{by.login}: {reason}", now=now)
    free(session, found, next_due=now)


def hand_back_from(session: Session, seat: int, *, by: Account, reason: str, now: datetime) -> None:
    """Take from a seat the case in hand; raise Conflict where it holds none, or somebody was reached."""
    unit = held_cases.unit_held_at(session, seat)
    if unit is None:
        raise Conflict(_("这个座席手上已经没有户了。"))
    hand_back(session, unit, by=by, reason=reason, now=now)


def sweep(session: Session, *, now: datetime) -> int:
    """Free every case whose lease ran out, answers kept; return how many."""
    expired = select(SampledCase).where(SampledCase.lease_until < now)
    cases = session.scalars(expired.order_by(SampledCase.unit).with_for_update()).all()
    for found in cases:
        _end(session, found, ended_by="lease", note="", now=now)
        free(session, found, next_due=now)
    return len(cases)


def free(session: Session, found: SampledCase, *, next_due: datetime, priority: int | None = None) -> None:
    """Let go of a case that is to be tried again from `next_due` on."""
    begun = session.get(Interview, found.unit) is not None
    found.state, found.holder_id, found.lease_until, found.tab = "resting", None, None, ""
    found.next_due, found.priority = next_due, priority or (PARTIAL if begun else ORDINARY)
    session.flush()


def _end(session: Session, found: SampledCase, *, ended_by: str, note: str, now: datetime) -> None:
    attempt = held_cases.attempt_in_hand(session, found)
    attempt.ended_at, attempt.ended_by, attempt.note = now, ended_by, note


def _claim(session: Session, unit: str, *, interviewer: Account, now: datetime) -> SampledCase:
    claimed = session.execute(
        update(SampledCase)
        .where(SampledCase.unit == unit, SampledCase.holder_id.is_(None))
        .values(
            holder_id=interviewer.id,
            lease_until=now + LEASE,
            fence=SampledCase.fence + 1,
            state="held",
            tab="",
        )
        .returning(SampledCase.fence)
    ).scalar_one_or_none()
    if claimed is None:
        raise Conflict(_("这一户刚被别的访问员接走了，请再按一次。"))
    session.add(Offer(at=now, interviewer_id=interviewer.id, unit=unit, fence=claimed))
    before = session.scalar(select(func.max(Attempt.n)).where(Attempt.unit == unit)) or 0
    session.add(
        Attempt(
            unit=unit,
            n=before + 1,
            interviewer_id=interviewer.id,
            started_at=now,
            window=window(now) or "",
        )
    )
    session.flush()
    return session.get_one(SampledCase, unit, populate_existing=True)


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


def _first(session: Session, wave: Wave, *, interviewer: Account, now: datetime) -> str | None:
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
