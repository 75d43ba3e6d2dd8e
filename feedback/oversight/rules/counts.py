"""How many cases are where: open, due today and overdue, added up by desk, by community, by anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many cases run, and how many of them fall due today or are overdue."""

    open: int = 0
    today: int = 0
    overdue: int = 0

    def __add__(self, other: CaseCount) -> CaseCount:
        return CaseCount(self.open + other.open, self.today + other.today, self.overdue + other.overdue)


def added(parts: Iterable[tuple[str, CaseCount]]) -> Mapping[str, CaseCount]:
    """Return the counts of each key, added up."""
    found: dict[str, CaseCount] = {}
    for key, count in parts:
        found[key] = found.get(key, CaseCount()) + count
    return found


def whole(parts: Iterable[CaseCount]) -> CaseCount:
    """Return all counts added up."""
    return sum(parts, CaseCount())
