"""An interviewer's own day: calls, completes, hours and breaks; whether the seat is on break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from huying.base.clock import midnight
from survey.fieldwork.rules.attempts import APPOINTED
from survey.models import Attempt, Offer, SampledCase, SeatBreak

COMPLETE = "complete"
OFF = "off"


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What somebody did since midnight: no score, and nobody to compare with.

    `worked` runs from the first case of the day to now, or to the last act before going home, without breaks.
    """

    calls: int
    completes: int
    worked: timedelta
    rested: timedelta


def running_break(session: Session, seat: int) -> SeatBreak | None:
    """Return the break that a seat has asked for and not ended."""
    return session.scalar(_running_break(), {"seat": seat})


# A seat's page is opened after every call, and to build these statements costs more than to answer them.
@cache
def _running_break() -> Select[SeatBreak]:
    return select(SeatBreak).where(
        SeatBreak.interviewer_id == bindparam("seat"), SeatBreak.ended_at.is_(None)
    )


def own_day(session: Session, seat: int, *, now: datetime) -> OwnDay:
    """Return what the interviewer of a seat did today."""
    today = midnight(now)
    claimed = session.scalars(_claims(), {"seat": seat, "since": today}).all()
    if not claimed:
        return OwnDay(0, 0, timedelta(), timedelta())
    first, last = claimed[0], claimed[-1]
    until = _until(session, seat, last=last, now=now)
    rested = _rested(session, seat, since=first, until=until)
    done: dict[str | None, int] = dict(session.execute(_outcomes(), {"seat": seat, "since": today}).all())
    return OwnDay(sum(done.values()), done.get(COMPLETE, 0), until - first - rested, rested)


@cache
def _claims() -> Select[datetime]:
    mine = select(Offer.at).where(Offer.interviewer_id == bindparam("seat"), Offer.at >= bindparam("since"))
    return mine.order_by(Offer.at)


@cache
def _outcomes() -> Select[str | None, int]:
    mine = Attempt.interviewer_id == bindparam("seat"), Attempt.dialled_at >= bindparam("since")
    return select(Attempt.code, func.count()).where(*mine).group_by(Attempt.code)


def own_appointments(session: Session, seat: int, *, now: datetime) -> tuple[datetime, ...]:
    """Return the times of today's appointments that this interviewer made; never with whom."""
    today = midnight(now)
    given = {"seat": seat, "since": today, "until": today + timedelta(days=1)}
    return tuple(session.scalars(_appointments(), given))


@cache
def _appointments() -> Select[datetime]:
    later = aliased(Attempt)
    latest = select(func.max(later.n)).where(later.unit == Attempt.unit, later.ended_at.is_not(None))
    due = (
        select(SampledCase.next_due)
        .join(Attempt, Attempt.unit == SampledCase.unit)
        .where(
            Attempt.interviewer_id == bindparam("seat"),
            Attempt.code.in_(sorted(APPOINTED)),
            Attempt.n == latest.scalar_subquery(),
            SampledCase.state == "resting",
            SampledCase.next_due >= bindparam("since"),
            SampledCase.next_due < bindparam("until"),
        )
    )
    return due.order_by(SampledCase.next_due)


def _until(session: Session, seat: int, *, last: datetime, now: datetime) -> datetime:
    """Return when the day's work ends: now, or when the last case was over for who has gone home."""
    running = running_break(session, seat)
    if running is None or running.reason != OFF:
        return now
    ended = session.scalar(select(func.max(Attempt.ended_at)).where(Attempt.interviewer_id == seat))
    return max(last, running.asked_at, ended or last)


def _rested(session: Session, seat: int, *, since: datetime, until: datetime) -> timedelta:
    rows = select(SeatBreak.asked_at, SeatBreak.ended_at).where(
        SeatBreak.interviewer_id == seat, SeatBreak.asked_at >= since, SeatBreak.asked_at < until
    )
    ended = [(asked, min(ended or until, until)) for asked, ended in session.execute(rows)]
    return sum((_without_work(session, seat, asked, end) for asked, end in ended), timedelta())


def _without_work(session: Session, seat: int, asked: datetime, end: datetime) -> timedelta:
    """Return how long a break was: one that was asked for in a call begins when that call is over."""
    over = session.scalar(
        select(func.max(Attempt.ended_at)).where(
            Attempt.interviewer_id == seat, Attempt.started_at <= asked, Attempt.ended_at > asked
        )
    )
    return max(timedelta(), end - max(asked, over or asked))
