"""What the board counts: by which parts cases and attempts are counted apart, and how those are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from huying.base.clock import local
from survey.fieldwork.rules.outlook import Wait, Waiting, WaitingCount, waiting
from survey.fieldwork.rules.queue import NOT_PLACED

BAR = "|"
WAITS = ("queued", "resting")
NEW, NEVER, CLOSED = "new", "never", "closed"
TENS = "%Y-%m-%d %H:%M"
"""Cases that open within the same ten minutes are counted together: the last digit is cut off."""


@dataclass(frozen=True, slots=True)
class CountedCases:
    """`n` cases alike: of a state, and where they wait of a class, for a window or not, opening then.

    `opens` is the beginning of the ten minutes, None where no rule opens them (`is_placed`) or nobody placed
    them yet.
    """

    state: str
    priority: int
    is_for_window: bool
    opens: datetime | None
    is_placed: bool
    n: int

    def is_open(self, now: datetime) -> bool:
        """Whether they may be called now, as far as their own turn goes."""
        return self.state in WAITS and self.opens is not None and self.opens <= now


def cases(counts: Mapping[str, int]) -> list[CountedCases]:
    """Return counted cases by their written keys."""
    return [_cases(key, n) for key, n in counts.items() if n]


def _cases(key: str, n: int) -> CountedCases:
    state, priority, apart, opens = key.split(BAR)
    at = None if opens in {"", NEW, NEVER} else datetime.strptime(f"{opens}0", TENS).replace(tzinfo=UTC)
    return CountedCases(state, int(priority), apart == "1", at, opens != NEW, n)


@dataclass(frozen=True, slots=True)
class CaseToCount:
    """A case by what it is counted by."""

    state: str
    priority: int
    opens_at: datetime | None
    next_due: datetime
    fit: int
    counted: int
    language: str | None
    outcome: str | None

    def keys(self) -> dict[str, str]:
        """Return the keys under which it is counted by what."""
        found = {"case": self._place()}
        if self.state != CLOSED:
            found["made"] = str(self.counted)
            if self.language is not None:
                found["language"] = self.language
        if self.outcome is not None:
            found["outcome"] = self.outcome
        return found

    def _place(self) -> str:
        if self.state not in WAITS:
            return BAR.join((self.state, "0", "0", ""))
        if self.opens_at is None:
            return BAR.join((self.state, str(self.priority), "0", NEVER if self.fit > NOT_PLACED else NEW))
        tens = self.opens_at.astimezone(UTC).strftime(TENS)[:-1]
        return BAR.join((self.state, str(self.priority), str(int(self.opens_at > self.next_due)), tens))


def by_state(counted: Iterable[CountedCases]) -> Counter[str]:
    """Return how many cases are in each state."""
    found = Counter[str]()
    for each in counted:
        found[each.state] += each.n
    return found


def ready(counted: Iterable[CountedCases], now: datetime) -> Counter[int]:
    """Return how many cases may be called now, by class."""
    found = Counter[int]()
    for each in counted:
        if each.is_open(now):
            found[each.priority] += each.n
    return found


def waits(counted: Iterable[CountedCases], now: datetime) -> dict[Wait, Waiting]:
    """Return how many cases wait for what, and when the first of them opens."""
    return waiting(
        WaitingCount(each.priority, each.is_for_window, each.n, each.opens)
        for each in counted
        if each.state in WAITS and each.is_placed and not each.is_open(now)
    )


@dataclass(frozen=True, slots=True)
class EndedAttempt:
    """An attempt that is over, as it is counted."""

    n: int
    seat: int
    started_at: datetime
    dialled_at: datetime | None
    ended_at: datetime
    ended_by: str
    code: str

    def keys(self) -> dict[str, tuple[str, int]]:
        """Return the keys under which it is counted by what, and how much."""
        day, seat = local(self.ended_at).strftime("%Y-%m-%d"), f"{self.seat}|{self.ended_by}|{self.code}"
        seconds = int(self.ended_at.timestamp()) - int(self.started_at.timestamp())
        found = {"day": (f"{day}|{seat}", 1), "seat": (seat, 1), "busy": (f"{day}|{self.seat}", seconds)}
        if self.dialled_at is not None:
            at = local(self.dialled_at)
            found |= {
                "nth": (f"{self.n}|{self.code}", 1),
                "hour": (f"{at:%Y-%m-%d %H}|{self.code}", 1),
                "date": (f"{at:%Y-%m-%d}|{self.code}", 1),
            }
        return found
