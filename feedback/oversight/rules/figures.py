"""Figures of departments and offices for everybody: how fast, how often refused, how long it lay there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

LEAST = 10
"""Of fewer than this no figure is shown."""

UPHELD, NOT_OURS = "upheld", "not_ours"


@dataclass(frozen=True, slots=True)
class CalledWhistle:
    """A whistle to a department as the figures know it.

    `in_time` tells whether it was answered by its deadline, None where that isn't over and nobody answered;
    `late` whether it lay past the deadline for resolving, None where that isn't over and it still lies there.
    `hours` are those that count as the department's, None where none do. `refused` is the code of the
    reason, or empty.
    """

    department: str
    in_time: bool | None
    late: bool | None
    hours: float | None
    refused: str = ""
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class DepartmentFigures:
    """What everybody may know of a department: counts, shares and hours of its whistles."""

    whistles: int
    answerable: int
    in_time: int
    resolvable: int
    late: int
    hours: float
    median_hours: float | None
    refusals: Mapping[str, int]
    bounced: int

    @property
    def shown(self) -> bool:
        """Whether there are whistles enough to show."""
        return self.whistles >= LEAST

    @property
    def share_in_time(self) -> float | None:
        """Answered by the deadline, among those whose deadline is over or that were answered."""
        return self.in_time / self.answerable if self.answerable >= LEAST else None

    @property
    def share_late(self) -> float | None:
        """Past the deadline for resolving, among those whose deadline is over or that left."""
        return self.late / self.resolvable if self.resolvable >= LEAST else None

    @property
    def refused(self) -> int:
        """How many were refused or handed back, for whatever reason."""
        return sum(self.refusals.values())

    @property
    def upheld(self) -> int:
        """How many refusals the coordinator agreed to."""
        return self.refusals.get(UPHELD, 0)

    @property
    def not_upheld(self) -> int:
        """How many “not ours” nobody agreed to."""
        return self.refusals.get(NOT_OURS, 0)


def by_department(whistles: Iterable[CalledWhistle]) -> dict[str, DepartmentFigures]:
    """Return the figures of each department that was called."""
    found: dict[str, list[CalledWhistle]] = {}
    for each in whistles:
        found.setdefault(each.department, []).append(each)
    return {department: _of(own) for department, own in found.items()}


def _of(own: list[CalledWhistle]) -> DepartmentFigures:
    hours = [each.hours for each in own if each.hours is not None]
    return DepartmentFigures(
        whistles=len(own),
        answerable=sum(each.in_time is not None for each in own),
        in_time=sum(each.in_time is True for each in own),
        resolvable=sum(each.late is not None for each in own),
        late=sum(each.late is True for each in own),
        hours=sum(hours),
        median_hours=median(hours) if hours else None,
        refusals=Counter(each.refused for each in own if each.refused),
        bounced=sum(each.bounced for each in own),
    )


@dataclass(frozen=True, slots=True)
class OfficeStay:
    """How long a case lay with an office, and how long it was allowed to."""

    office: str
    hours: float
    allowed: float


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """How many cases lay with an office, how long, and how many of them longer than allowed."""

    cases: int
    median_hours: float
    late: int

    @property
    def shown(self) -> bool:
        """Whether there are cases enough to show."""
        return self.cases >= LEAST


def by_office(stays: Iterable[OfficeStay]) -> dict[str, OfficeFigures]:
    """Return the figures of each office in which a case lay."""
    found: dict[str, list[OfficeStay]] = {}
    for each in stays:
        found.setdefault(each.office, []).append(each)
    return {
        office: OfficeFigures(
            len(own), median(each.hours for each in own), sum(each.hours > each.allowed for each in own)
        )
        for office, own in found.items()
    }


@dataclass(slots=True)
class Exceptions:
    """What an office took out of the ordinary course: joined, paused, proposed to end as out of scope."""

    joined: int = 0
    pauses: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
