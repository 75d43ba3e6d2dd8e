"""Weeks, leaves and swaps as the roster plans them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from feedback.duty.rules import HOLDER
from huying.base.clock import LOCAL

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a week [start, end) and who answers in it; `covering` is whom they stand in for."""

    start: datetime
    end: datetime
    worker: str | None
    layer: int = HOLDER
    covering: str | None = None


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """Who is to answer for each grid, by code, in the week that begins on a Monday."""

    monday: date
    workers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlannedWeek:
    """The grids whose week a plan changed, and where somebody else answers for a part of it all the same."""

    changed: tuple[str, ...]
    above: Mapping[str, Span]


@dataclass(frozen=True, slots=True)
class LeaveRequest:
    """A worker is away from the first day to the last, both counted, and another stands in."""

    worker_code: str
    cover_code: str
    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SwapRequest:
    """Another worker is asked to stand in for a grid over [valid_from, valid_to)."""

    grid_code: str
    to_worker: str
    valid_from: datetime
    valid_to: datetime


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def begins(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), tzinfo=LOCAL)
