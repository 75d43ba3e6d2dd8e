"""What a seat is doing and since when, from the marks that its work leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from huying.base.clock import midnight

AWAY = timedelta(minutes=90)
"""A seat without a case of which nothing was seen for so long isn't taken to be at work."""
HOME = "off"


class SeatState(StrEnum):
    """What a seat is doing, as a supervisor sees it."""

    TALKING = "talking"
    DIALLING = "dialling"
    CODING = "coding"
    WAITING = "waiting"
    BREAK = "break"
    OFF = "off"


OF_CASE = {
    "held": SeatState.DIALLING,
    "talking": SeatState.TALKING,
    "interviewing": SeatState.TALKING,
    "coding": SeatState.CODING,
}


@dataclass(frozen=True, slots=True)
class SeatMarks:
    """What is known of a seat: the case in hand by its state, a break, and when what happened last.

    `claimed`, `dialled` and `answered` are of the call under way, `worked` when the last one was over,
    `returned` from the last break, `seen` a page was asked for; each None where there was none.
    """

    account: int
    code: str
    name: str
    case: str | None = None
    claimed: datetime | None = None
    dialled: datetime | None = None
    answered: datetime | None = None
    hung_up: datetime | None = None
    pause: str | None = None
    paused: datetime | None = None
    worked: datetime | None = None
    returned: datetime | None = None
    seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeatNow:
    """What a seat is doing, since when (None where nothing tells), and why where it rests."""

    account: int
    code: str
    name: str
    state: SeatState
    since: datetime | None = None
    pause: str = ""
    is_dialled: bool = False

    def lasts(self, now: datetime) -> timedelta:
        """Return how long it has been so."""
        return max(timedelta(), now - self.since) if self.since else timedelta()

    @property
    def is_at_work(self) -> bool:
        """Whether somebody sits there, on a break too."""
        return self.state is not SeatState.OFF


def seat_now(marks: SeatMarks, *, now: datetime) -> SeatNow:
    """Return what a seat is doing now."""
    state, since = _state(marks, now=now)
    pause = marks.pause or "" if state is SeatState.BREAK else ""
    return SeatNow(
        marks.account, marks.code, marks.name, state, since, pause, is_dialled=marks.dialled is not None
    )


def _state(marks: SeatMarks, *, now: datetime) -> tuple[SeatState, datetime | None]:
    if marks.case is not None:
        state = OF_CASE[marks.case]
        return state, _since_of_call(marks, state)
    if marks.pause == HOME:
        return SeatState.OFF, marks.paused
    if marks.pause:
        return SeatState.BREAK, max(filter(None, (marks.paused, marks.worked)), default=None)
    last = max(filter(None, (marks.worked, marks.returned, marks.seen)), default=None)
    if last is None or last < max(now - AWAY, midnight(now)):
        return SeatState.OFF, None
    idle = [at for at in (marks.worked, marks.returned) if at is not None and at >= midnight(now)]
    return SeatState.WAITING, max(idle, default=last)


def _since_of_call(marks: SeatMarks, state: SeatState) -> datetime | None:
    """A call is coded from when the line was over, as far as that is told, else from the last answer."""
    if state is SeatState.CODING:
        return marks.hung_up or marks.answered or marks.dialled
    if state is SeatState.TALKING:
        return marks.answered or marks.dialled
    return marks.dialled or marks.claimed
