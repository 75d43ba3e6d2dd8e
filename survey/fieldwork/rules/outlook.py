"""Why nothing may be called now: how many cases wait for what, and when the first of each opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from survey.fieldwork.rules.queue import APPOINTED, PARTIAL


class Wait(StrEnum):
    """What a case waits for."""

    APPOINTMENT = "appointment"
    PARTIAL = "partial"
    WINDOW = "window"
    REST = "rest"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How many cases of a class wait alike, and when the first of them opens, None where no rule opens it.

    `is_for_window` where they are due sooner than a window opens that they are to be called in.
    """

    priority: int
    is_for_window: bool
    count: int
    first: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many cases wait for the same; the first opens then."""

    count: int = 0
    first: datetime | None = None

    def __add__(self, other: Waiting) -> Waiting:
        """Return both together."""
        firsts = [at for at in (self.first, other.first) if at is not None]
        return Waiting(self.count + other.count, min(firsts, default=None))


@dataclass(frozen=True, slots=True)
class QueueOutlook:
    """What an interviewer without a case may expect.

    `resumes` is when anybody may be called again, None where that is now; `waiting` counts what isn't due
    yet, `others` what is another interviewer's turn, by reason.
    """

    resumes: datetime | None = None
    waiting: Mapping[Wait, Waiting] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=Counter)

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits for anything."""
        return not self.waiting and not self.others


def waiting(counts: Iterable[WaitingCount]) -> dict[Wait, Waiting]:
    """Return how many wait for what, the least patient first."""
    found = dict.fromkeys(Wait, Waiting())
    for each in counts:
        found[_wait(each)] += Waiting(each.count, each.first)
    return {wait: several for wait, several in found.items() if several.count}


def _wait(each: WaitingCount) -> Wait:
    if each.priority == APPOINTED:
        return Wait.APPOINTMENT
    if each.first is None:
        return Wait.NEVER
    if each.priority == PARTIAL:
        return Wait.PARTIAL
    return Wait.WINDOW if each.is_for_window else Wait.REST
