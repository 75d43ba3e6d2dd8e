"""What a supervisor is told unasked, each as a value that the page puts into a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from survey.fieldwork.rules.board.clashes import Clash, ClashKind
from survey.fieldwork.rules.board.forecast import FieldForecast
from survey.fieldwork.rules.board.funnel import Funnel
from survey.fieldwork.rules.board.seat_states import SeatNow, SeatState
from survey.fieldwork.rules.board.seat_work import SeatWork

IDLE = timedelta(minutes=5)
CODING = timedelta(minutes=10)
UNDIALLED = timedelta(minutes=5)
MANY_LAPSES = 3
"""The third case of a day that a seat let go of calls the supervisor."""
MANY_DROPS = 5
"""So does the fifth attempt that counts as none: who hangs up too soon has the household offered again."""
SURE = 0.5
"""A field that is done in time in fewer of the futures slips."""
NAMED = 5
"""Seats of which the same is told are named, up to so many; the rest are counted."""


class AlertKind(StrEnum):
    """What is told."""

    IDLE = "idle"
    UNDIALLED = "undialled"
    CODING = "coding"
    LAPSES = "lapses"
    DROPS = "drops"
    MORE_REFUSALS = "more_refusals"
    FEWER_REFUSALS = "fewer_refusals"
    CLASH_SEATS = "clash_seats"
    CLASH_LANGUAGE = "clash_language"
    CLASH_PINNED = "clash_pinned"
    SLIPS = "slips"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class FieldAlert:
    """Something to do: of which seats (by code), of how many more; since or at when; how many of how many.

    `on` is the day or language that it is about.
    """

    kind: AlertKind
    seats: Sequence[str] = ()
    more: int = 0
    at: datetime | None = None
    n: int = 0
    of: int = 0
    on: date | str = ""


CLASHES = {
    ClashKind.SEATS: AlertKind.CLASH_SEATS,
    ClashKind.LANGUAGE: AlertKind.CLASH_LANGUAGE,
    ClashKind.PINNED: AlertKind.CLASH_PINNED,
}


def of_seats(seats: Iterable[SeatNow], *, now: datetime, open_cases: int) -> list[FieldAlert]:
    """Return what the seats' states tell: idle with an open queue, a call long not dialled or coded."""
    known = list(seats)
    found = []
    if open_cases:
        idle = [each for each in known if each.state is SeatState.WAITING and each.lasts(now) >= IDLE]
        found += _named(AlertKind.IDLE, idle, n=open_cases)
    slow = [
        each
        for each in known
        if each.state is SeatState.DIALLING and not each.is_dialled and each.lasts(now) >= UNDIALLED
    ]
    long = [each for each in known if each.state is SeatState.CODING and each.lasts(now) >= CODING]
    return [*found, *_named(AlertKind.UNDIALLED, slow), *_named(AlertKind.CODING, long)]


def of_work(work: Mapping[int, SeatWork], *, seats: Iterable[SeatNow]) -> list[FieldAlert]:
    """Return whom the day's lapses, and attempts that count as none, call the supervisor for."""
    known = [(each, work[each.account]) for each in seats if each.account in work]
    let_go = [each for each, day in known if day.lapses >= MANY_LAPSES]
    dropped = [each for each, day in known if day.drops >= MANY_DROPS]
    return [
        *_named(AlertKind.LAPSES, let_go, n=MANY_LAPSES),
        *_named(AlertKind.DROPS, dropped, n=MANY_DROPS),
    ]


def of_refusals(funnel: Funnel, *, seats: Iterable[SeatNow]) -> list[FieldAlert]:
    """Return the seats whose share of refusals lies beyond its limits, on either side."""
    side = {each.seat: each.side for each in funnel.outside}
    known = list(seats)
    more = [each for each in known if side.get(each.account, 0) > 0]
    fewer = [each for each in known if side.get(each.account, 0) < 0]
    return [*_named(AlertKind.MORE_REFUSALS, more), *_named(AlertKind.FEWER_REFUSALS, fewer)]


def of_clashes(clashes: Iterable[Clash], *, codes: Mapping[int, str]) -> list[FieldAlert]:
    """Return the clashes as alerts; a pinned one names its seat."""
    return [
        FieldAlert(
            CLASHES[each.kind],
            seats=(codes.get(each.of, ""),) if isinstance(each.of, int) else (),
            at=each.start,
            n=each.wanted,
            of=each.able,
            on=str(each.of) if each.kind is ClashKind.LANGUAGE else "",
        )
        for each in clashes
    ]


def of_forecast(forecast: FieldForecast | None, *, ends: date | None, plan: int) -> list[FieldAlert]:
    """Return whether the field isn't done by its end, and whether fewer interviews come than planned."""
    found: list[FieldAlert] = []
    if forecast is None:
        return found
    if ends is not None and forecast.sure < SURE:
        found.append(FieldAlert(AlertKind.SLIPS, n=forecast.left.middle, on=ends))
    if forecast.completes.high < plan:
        found.append(FieldAlert(AlertKind.SHORT, n=forecast.completes.high, of=plan))
    return found


def _named(kind: AlertKind, seats: Sequence[SeatNow], *, n: int = 0) -> list[FieldAlert]:
    if not seats:
        return []
    codes = [each.code for each in seats]
    return [FieldAlert(kind, codes[:NAMED], max(0, len(codes) - NAMED), n=n)]
