"""How much may leave or change by one person's hand, what its log's rows hash to, and the lot of checks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _

WINDOW = timedelta(days=365)
"""How far back departures and changes of number add up."""

PER_MILLE = 50
"""Of a grid's households this many in a thousand may leave, and as many change their number, in WINDOW."""

LEAST = 1
"""So many may in the smallest of grids: in one of ten homes a family moves without asking two people."""

CHECKED, LEAST_CHECKED = 10, 3
"""One departure in so many is checked by a visit or a letter; of each import at least so many."""

EventKind = Literal["new", "number", "added", "left"]
LIMITED: tuple[EventKind, ...] = ("left", "number")


@dataclass(frozen=True, slots=True)
class RowEvent:
    """A household appears in a grid, leaves it, or changes its number; a first number is `added`."""

    kind: EventKind
    household: str
    grid: str


@dataclass(frozen=True, slots=True)
class SaltedEvent:
    """An event as a row of the registry's log."""

    event: RowEvent
    salt: str
    drawn: bool

    def line(self, at: str) -> bytes:
        """Return the row's bytes, whose tree hash stands in the ledger."""
        fields = {"at": at, "grid": self.event.grid, "home": self.event.household, "kind": self.event.kind}
        return json.dumps(fields | {"s": self.salt}, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A grid of `households` of which more left, or changed their number, than one person may bring in."""

    grid: str
    households: int
    left: int
    number: int

    def is_within(self, other: Exceeded) -> bool:
        """Whether no more leaves or changes than in the other."""
        return self.left <= other.left and self.number <= other.number

    @property
    def most(self) -> int:
        """How many may leave, and how many change their number, in WINDOW."""
        return allowance(self.households)


@dataclass(frozen=True, slots=True)
class Approval:
    """A second registrar who answers for an import, by login and name, with a reason.

    `over` is what the file was said to take when it was handed over: the name stands for that, no more.
    """

    login: str
    name: str
    reason: str
    request: int
    over: tuple[Exceeded, ...] | None = None

    def covers(self, over: Sequence[Exceeded]) -> bool:
        """Whether this is no more than the second registrar was shown."""
        shown = {each.grid: each for each in self.over or ()}
        return self.over is None or all(
            each.grid in shown and each.is_within(shown[each.grid]) for each in over
        )


class TooMuchLeaves(Refused):
    """More leaves or changes than one registrar may bring in: the file waits for a second one."""


def moment(at: datetime) -> str:
    """Return an instant as the ledger writes it: civil time with its offset, to the second."""
    return clock.local(at).isoformat(timespec="seconds")


def allowance(households: int) -> int:
    """Return how many of a grid's households may leave, or change their number, in WINDOW."""
    return max(LEAST, households * PER_MILLE // 1000)


def exceeded(
    events: Iterable[RowEvent], *, here: Mapping[str, int], past: Mapping[tuple[str, str], frozenset[str]]
) -> tuple[Exceeded, ...]:
    """Return the grids in which these events, with those of the past WINDOW, go beyond what one may do.

    `here` counts each grid's households before the events, `past` names those who left a grid or changed
    their number in it, by grid and kind.
    """
    now: dict[tuple[str, str], set[str]] = {}
    for event in events:
        now.setdefault((event.grid, event.kind), set()).add(event.household)
    found = []
    for grid in sorted({grid for grid, _kind in now}):
        gone = past.get((grid, "left"), frozenset())
        base = here.get(grid, 0) + len(gone)
        counts = {
            kind: len(now.get((grid, kind), set()) | past.get((grid, kind), frozenset())) for kind in LIMITED
        }
        each = Exceeded(grid, base, counts["left"], counts["number"])
        if any((grid, kind) in now and counts[kind] > each.most for kind in LIMITED):
            found.append(each)
    return tuple(found)


def sentence(over: Sequence[Exceeded]) -> str:
    """Return what is told of a file that goes beyond what one person may bring in; empty for any other."""
    if not over:
        return ""
    first = over[0]
    return _(
        "有 %(n)s 个网格一年内迁出或换电话的户超过一位名册管理员能经手的数目。"
        "网格 %(grid)s：共 %(households)s 户，迁出 %(left)s，换电话 %(number)s，各至多 %(most)s。",
        n=len(over),
        grid=first.grid,
        households=first.households,
        left=first.left,
        number=first.number,
        most=first.most,
    )


def over_text(over: Sequence[Exceeded]) -> str:
    """Return these grids as they are stored."""
    return json.dumps([[each.grid, each.households, each.left, each.number] for each in over])


def over_of(text: str) -> tuple[Exceeded, ...]:
    """Return the grids that were stored so."""
    return tuple(Exceeded(*row) for row in json.loads(text))


def salted(events: Sequence[RowEvent], salts: Sequence[str]) -> list[SaltedEvent]:
    """Return the events as rows: the salts, drawn at random, also draw which departures are checked."""
    rows = list(zip(events, salts, strict=True))
    left = sorted(salt for event, salt in rows if event.kind == "left")
    drawn = frozenset(left[: max(LEAST_CHECKED, -(-len(left) // CHECKED))])
    return [SaltedEvent(event, salt, event.kind == "left" and salt in drawn) for event, salt in rows]
