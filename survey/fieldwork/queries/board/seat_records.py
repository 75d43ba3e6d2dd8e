"""What the seats' calls came to, by code: never in an order that would be a league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from huying.base.clock import day
from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.queries.board import counts, look
from survey.fieldwork.queries.board import seats as seat_rows
from survey.fieldwork.rules.board.counted import BAR
from survey.fieldwork.rules.board.funnel import Funnel, SeatShare, funnel
from survey.fieldwork.rules.board.seat_states import SeatNow, seat_now
from survey.fieldwork.rules.board.seat_work import SeatWork, by_seat, measured


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """A seat, its work of today and of the whole field, how long it had cases in hand today, and a share."""

    seat: SeatNow
    today: SeatWork
    whole: SeatWork
    busy: timedelta
    share: SeatShare | None = None


@dataclass(frozen=True, slots=True)
class SeatRecords:
    """The seats by code, and their shares of one measure over the whole field."""

    records: Sequence[SeatRecord]
    funnel: Funnel

    @property
    def codes(self) -> Mapping[int, str]:
        """The codes of the seats by account."""
        return {each.seat.account: each.seat.code for each in self.records}


def every(session: Session, *, measure: str, now: datetime) -> SeatRecords:
    """Return the records of all seats; without a wave in the field they are empty."""
    seats = look.seats(session, now=now)
    today, whole, busy = _work(session, now=now)
    shares = funnel({seat.account: measured(whole.get(seat.account, SeatWork()), measure) for seat in seats})
    share_of = {each.seat: each for each in shares.seats}
    return SeatRecords(
        [_record(seat, today, whole, busy, share_of.get(seat.account)) for seat in seats], shares
    )


def one(session: Session, account: int, *, now: datetime) -> SeatRecord:
    """Return the record of a seat; raise NotFound where there is none."""
    # Looked up here: the number in an address may be larger than any that a database compares with.
    marks = {each.account: each for each in seat_rows.marks(session)}.get(account)
    if marks is None:
        raise NotFound(_("没有这个座席。"))
    today, whole, busy = _work(session, now=now)
    return _record(seat_now(marks, now=now), today, whole, busy, None)


def _work(
    session: Session, *, now: datetime
) -> tuple[dict[int, SeatWork], dict[int, SeatWork], dict[int, timedelta]]:
    wave = look.wave_of(session)
    if wave is None:
        return {}, {}, {}
    busy = counts.of(session, wave.label, "busy", within=day(now))
    return (
        by_seat(counts.of(session, wave.label, "day", within=day(now))),
        by_seat(counts.of(session, wave.label, "seat")),
        {int(key.split(BAR)[1]): timedelta(seconds=seconds) for key, seconds in busy.items()},
    )


def _record(
    seat: SeatNow,
    today: Mapping[int, SeatWork],
    whole: Mapping[int, SeatWork],
    busy: Mapping[int, timedelta],
    share: SeatShare | None,
) -> SeatRecord:
    who = seat.account
    return SeatRecord(
        seat, today.get(who, SeatWork()), whole.get(who, SeatWork()), busy.get(who, timedelta()), share
    )
