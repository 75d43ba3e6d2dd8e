"""A year's freezes, announced before the year's first one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from huying.base.errors import Invalid
from huying.base.i18n import _

MOST = 60
YEARS = range(2020, 2200)


@dataclass(frozen=True, slots=True)
class YearOfFreezes:
    """The days of a year on which waves are frozen, in their order."""

    year: int
    dates: Sequence[str]


def year_of(days: Iterable[date], *, today: date) -> YearOfFreezes:
    """Return the calendar of these days; raise Invalid unless all are to come and of one year."""
    found = sorted(set(days))
    if not found or len(found) > MOST:
        raise Invalid(_("请写明一年里哪几天冻结，最多 %(most)s 天。", most=MOST))
    if found[0] <= today:
        raise Invalid(_("日历只能预告以后的日子：%(day)s 不行。", day=found[0].isoformat()))
    if len({each.year for each in found}) > 1 or found[0].year not in YEARS:
        raise Invalid(_("一份日历只写同一年的日子。"))
    return YearOfFreezes(found[0].year, [each.isoformat() for each in found])


def read(text: str) -> list[date]:
    """Return the days that a text names, separated by blanks or commas; raise Invalid for a bad one."""
    words = text.replace("，", " ").replace("、", " ").replace(",", " ").split()
    return [_day(word) for word in words]


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise Invalid(_("%(word)s 不是日期，请写成 2027-03-15 这样。", word=word[:20])) from None
