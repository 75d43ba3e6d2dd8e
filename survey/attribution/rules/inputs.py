"""What hours are attributed from: cases, posts, visits as deposits tell them last, and what calls found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from survey.attribution.rules.periods import AttributedPeriod
from survey.campaigns.rules.standing import RowStanding


@dataclass(frozen=True, slots=True)
class SoundedWhistle:
    """A whistle: to which department, when it was sounded, by when an answer was due, when one came."""

    department: str
    sounded: datetime
    due: datetime
    answered: datetime | None


@dataclass(frozen=True, slots=True)
class ToldCase:
    """A case as the last deposit tells it. `standing` is None where it isn't counted.

    `is_staffs` where a worker opened it; `by_receipt` where the last word came by receipt, from somebody whom
    nobody had asked: it counts in no rate.
    `hours` and `allowed` are by holder; `declared_by` declared it solved last. `returned` are hours that a
    holder had in a deposit before and no longer has: given back after an upheld "not ours".
    """

    code: str
    grid: str
    street: str
    category: str
    state: str
    is_staffs: bool
    by_receipt: bool
    standing: RowStanding | None
    opened: datetime
    until: datetime
    hours: Mapping[str, float]
    allowed: Mapping[str, float]
    declared_by: str
    whistles: Sequence[SoundedWhistle]
    returned: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """Who held which grid from when to when."""

    grid: str
    staff: str
    start: datetime
    end: datetime | None

    def within(self, start: datetime, end: datetime) -> timedelta:
        """Return how long it lasted within [start, end)."""
        last = end if self.end is None else min(self.end, end)
        return max(last - max(self.start, start), timedelta())


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A row of a campaign's frame: its stratum, whether it was drawn, what was found; None if not reached."""

    stratum: str
    drawn: bool = False
    found: bool | None = None


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A claimed visit, or a poster that was dialled, with what a campaign knows of it, None of none."""

    code: str
    grid: str
    street: str
    staff: str
    asked: AskedRow | None


@dataclass(frozen=True, slots=True)
class RemitRow:
    """Which department leads for a category in an area and all below it, from when to when."""

    category: str
    area: str
    lead: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class PlaceName:
    """An area: its level, its name, what lies above it."""

    level: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class ReleasedShare:
    """A released share of content answers to an item, with its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class AttributionInputs:
    """All that a period's attribution is computed from; `asked` has the frames of follow-ups by case code.

    `deposits` are periods with their digests; `campaigns` and `wave` name what was found by calls and whose
    satisfaction is read, with the digests of their releases; `weights` are those of a worker's score.
    `conduct` is by grid, `departments` (what people say of how departments dealt with it) by street, `all`.
    """

    period: AttributedPeriod
    deposits: Sequence[tuple[str, str]]
    campaigns: Mapping[str, str]
    wave: tuple[str, str] | None
    cases: Sequence[ToldCase]
    posts: Sequence[HeldPost]
    asked: Mapping[str, AskedRow]
    visits: Sequence[TriedRow]
    test_calls: Sequence[TriedRow]
    remit: Sequence[RemitRow]
    places: Mapping[str, PlaceName]
    conduct: Mapping[str, ReleasedShare]
    departments: Mapping[str, ReleasedShare]
    weights: Mapping[str, float]
