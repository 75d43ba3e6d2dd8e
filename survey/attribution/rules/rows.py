"""The rows of a release: places, holders, checks, scores of workers, cases set aside, staff's own items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Confirmed resolution of the city or a street: counts, the rate with its interval and its bound.

    `uncovered` are silent cases that no campaign could draw, `least` takes every drawn one that wasn't
    reached for a no. `mix` is O/E at the city's rates by category, of those known without a call. What may
    not be shown is None.
    """

    level: str
    area: str
    name: str
    due: int
    replied: int
    confirmed: int
    overdue: int
    silent: int
    uncovered: int
    status: str
    reached: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    repliers: float | None = None
    as_silence: float | None = None
    expected: float | None = None
    mix: float | None = None
    mix_low: float | None = None
    mix_high: float | None = None


@dataclass(frozen=True, slots=True)
class HolderRow:
    """A holder's part in the city, a street or a grid; `staff` is the worker of a grid, empty of others.

    `rate` is K/(K + Σr) of what is known without a call; `called_rate` takes in those that were called and
    is None where fewer than ten were, `least` takes those not reached for a no. `on_worker` is what the rate
    would be with every unresolved case on the worker. `over` are hours beyond what was allowed, `held` the
    due cases that it had, `in_time` those within its hours; `imposed` hours of a worker in cases that a
    department leads; `returned` hours given back to others.
    """

    level: str
    area: str
    name: str
    holder: str
    staff: str
    confirmed: int
    blame: float
    closed_falsely: int
    rate: float | None
    low: float | None
    high: float | None
    on_worker: float | None
    hours: float
    over: float
    held: int
    in_time: int
    whistles: int
    whistles_in_time: int
    imposed: float
    returned: float
    called_rate: float | None = None
    called_low: float | None = None
    called_high: float | None = None
    least: float | None = None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """Claimed visits that proved false, or test calls that reached somebody: the share with exact limits.

    `all` are the claims or posters that could be drawn, `uncovered` those that no campaign could draw.
    """

    kind: str
    level: str
    area: str
    name: str
    staff: str
    all: int
    uncovered: int
    status: str
    reached: int | None = None
    counted: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class WorkerScoreRow:
    """A worker's composite with its error and what each part brings, 0…100; or why there is none."""

    grid: str
    street: str
    name: str
    staff: str
    score: float | None
    se: float | None
    contributions: Mapping[str, float]
    missing: tuple[str, ...]
    refused: str


@dataclass(frozen=True, slots=True)
class DepartmentScoreRow:
    """The composite of all departments of the city or a street, as a worker's; None without satisfaction."""

    level: str
    area: str
    name: str
    score: float | None
    se: float | None
    contributions: Mapping[str, float]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A case that isn't held against a worker, by name, and why: it was stuck with `holder` for `over` hours.

    No case that was called is ever named: what was said on the telephone stays with who said it.
    """

    code: str
    grid: str
    staff: str
    why: str
    holder: str
    over: float


@dataclass(frozen=True, slots=True)
class StaffItemsRow:
    """Items that workers of a grid opened themselves: how many, and how many are over. They earn nothing."""

    grid: str
    name: str
    opened: int
    over: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What must agree: unresolved cases, and the blame of all holders; known alone, and with the called.

    `by_receipt` are cases left out since a receipt alone speaks of them.
    """

    unresolved: int
    blame: float
    unresolved_with_called: float | None
    blame_with_called: float | None
    by_receipt: int
