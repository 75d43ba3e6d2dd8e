"""Working days: weekdays but for public holidays, and the weekend days that are worked instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from huying.base.errors import Invalid
from huying.base.i18n import _

SATURDAY = 5
DAY = timedelta(days=1)
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class OfficialCalendar:
    """What the official list of one or more years says: days off, days worked, and which years it covers."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def works(self, day: date) -> bool:
        """Tell whether a day is a working day; in a year without a list weekdays are."""
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)


@cache
def official() -> OfficialCalendar:
    """Return the lists that come with the program, one file a year."""
    folder = files("huying.base") / "holidays"
    return read([file.read_text(encoding="utf-8") for file in folder.iterdir() if file.name.endswith(".txt")])


def years_missing(today: date) -> list[int]:
    """Return the years without an official list that are needed now: this one, from December on the next."""
    wanted = [today.year, *([today.year + 1] if today.month == DECEMBER else [])]
    return [year for year in wanted if year not in official().years]


def read(texts: list[str]) -> OfficialCalendar:
    """Return a calendar from lists: lines of `off` or `work`, a day, and the last day of a stretch."""
    off, worked = set[date](), set[date]()
    for text in texts:
        for number, line in enumerate(text.splitlines(), 1):
            cells = line.split("#")[0].split()
            if cells:
                _put(cells, number, off, worked)
    years = frozenset(day.year for day in (*off, *worked))
    return OfficialCalendar(frozenset(off), frozenset(worked), years)


def add(day: date, days: int, *, calendar: OfficialCalendar) -> date:
    """Return the day that lies that many working days after `day`."""
    while days > 0:
        day += DAY
        days -= calendar.works(day)
    return day


def _put(cells: list[str], number: int, off: set[date], worked: set[date]) -> None:
    try:
        kind, first, *last = cells
        days = list(_days(date.fromisoformat(first), date.fromisoformat(last[0] if last else first)))
        {"off": off, "work": worked}[kind].update(days)
    except (KeyError, ValueError) as fault:
        raise Invalid(_("假日表第 %(number)s 行不对。", number=number)) from fault


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY
