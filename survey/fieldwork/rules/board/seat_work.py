"""What the seats' calls came to, from counts: by seat, by hour, by attempt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.rules.board.counted import BAR
from survey.fieldwork.rules.outcome_codes import NOT_REACHED, REFUSALS
from survey.registry.rules.number_states import FREE_OF_EFFORT

COMPLETE = "complete"
REFUSED = frozenset(REFUSALS)
LEASE, HAND_BACK = "lease", "hand_back"


@dataclass(slots=True)
class SeatWork:
    """How a seat's calls ended: `codes` by code, those that lapsed or were taken away beside them."""

    codes: Counter[str] = field(default_factory=Counter)
    lapses: int = 0
    hand_backs: int = 0

    @property
    def dials(self) -> int:
        """Attempts that ended with a result."""
        return sum(n for code, n in self.codes.items() if code)

    @property
    def contacts(self) -> int:
        """Attempts in which somebody spoke."""
        return sum(n for code, n in self.codes.items() if code and code not in NOT_REACHED)

    @property
    def drops(self) -> int:
        """Attempts that ended in a way that counts as none: hung up before anybody answered, or our fault."""
        return sum(self.codes[code] for code in FREE_OF_EFFORT)

    @property
    def completes(self) -> int:
        """Interviews to the end."""
        return self.codes[COMPLETE]

    @property
    def refusals(self) -> int:
        """Calls in which somebody wouldn't."""
        return sum(n for code, n in self.codes.items() if code in REFUSED)

    @property
    def appointments(self) -> int:
        """Calls that ended with a time to call again."""
        return sum(n for code, n in self.codes.items() if code in APPOINTED)


MEASURES = ("contact", "complete", "refusal", "appointment")
"""Of dials: contacts; of contacts: completes, refusals, appointments."""


def measured(work: SeatWork, measure: str) -> tuple[int, int]:
    """Return how often a seat's calls came to what is measured, and of how many."""
    hits = {
        "contact": work.contacts,
        "complete": work.completes,
        "refusal": work.refusals,
        "appointment": work.appointments,
    }
    return hits[measure], work.dials if measure == "contact" else work.contacts


def by_seat(counts: Mapping[str, int]) -> dict[int, SeatWork]:
    """Return the work of each seat by account; a day before the seat in the key is left out."""
    found: dict[int, SeatWork] = {}
    for key, n in counts.items():
        seat, ended_by, code = key.split(BAR)[-3:]
        work = found.setdefault(int(seat), SeatWork())
        work.codes[code] += n
        work.lapses += n if ended_by == LEASE else 0
        work.hand_backs += n if ended_by == HAND_BACK else 0
    return found


@dataclass(frozen=True, slots=True)
class DialCount:
    """Attempts dialled, how many of them reached somebody, how many became an interview."""

    dials: int = 0
    contacts: int = 0
    completes: int = 0

    def __add__(self, other: DialCount) -> DialCount:
        """Return both together."""
        return DialCount(
            self.dials + other.dials, self.contacts + other.contacts, self.completes + other.completes
        )


def dial_count(code: str, n: int) -> DialCount:
    """Return what `n` attempts that ended with a code add."""
    reached = bool(code) and code not in NOT_REACHED
    return DialCount(n, n if reached else 0, n if code == COMPLETE else 0)


def by_part(counts: Mapping[str, int], *, after: int = 0) -> dict[str, DialCount]:
    """Return the dials by the first part of the key, from its sign `after` on, in its order."""
    found: dict[str, DialCount] = {}
    for key, n in counts.items():
        part, code = key.split(BAR)
        found[part[after:]] = found.get(part[after:], DialCount()) + dial_count(code, n)
    return dict(sorted(found.items()))


def by_attempt(counts: Mapping[str, int], *, most: int = 7) -> dict[int, DialCount]:
    """Return the dials by which attempt of the household they were; `most` and later ones together."""
    found: dict[int, DialCount] = {}
    for part, count in by_part(counts).items():
        n = min(int(part), most)
        found[n] = found.get(n, DialCount()) + count
    return dict(sorted(found.items()))
