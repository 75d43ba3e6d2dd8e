"""The calendar of days off as a file brings it: public holidays, and weekend days that are worked instead."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from huying.base.errors import Invalid
from huying.base.i18n import Lazy, _, lazy
from huying.sheets.encoding import decode

HOLIDAY, WORKDAY, USUAL = "holiday", "workday", "usual"
SPELT: Mapping[str, str] = {
    **dict.fromkeys(("holiday", "放假", "休", "休息"), HOLIDAY),
    **dict.fromkeys(("workday", "上班", "调休", "补班"), WORKDAY),
    **dict.fromkeys(("usual", "平常", "取消"), USUAL),
}
"""What a file calls a kind of day; `usual` takes a day out of the calendar."""
KIND_NAMES: Mapping[str, Lazy] = {HOLIDAY: lazy("放假"), WORKDAY: lazy("上班")}
HEADINGS = frozenset({"date", "日期"})
LONGEST_NAME = 40
MOST_DAYS = 400
SATURDAY, DECEMBER, LAST = 5, 12, 31
SOON = timedelta(days=60)
"""So long before the calendar's end somebody is told."""


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that isn't what its weekday says, and why."""

    day: date
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class TakenDays:
    """What a file changed: days set, days taken out, days left alone since they are past.

    `appointments` were made for days that are off now: they come first on the next day.
    """

    stated: int
    removed: int
    past: int
    appointments: int

    @property
    def sentence(self) -> str:
        """Say what changed."""
        found = _(
            "已读入：登记 %(stated)s 天，取消 %(removed)s 天，已过去不变的 %(past)s 天。",
            stated=self.stated,
            removed=self.removed,
            past=self.past,
        )
        if not self.appointments:
            return found
        late = _("有 %(n)s 个预约落在放假的日子，假后第一个能打的时间先打。", n=self.appointments)
        return f"{found}{late}"


def read(data: bytes, *, file: str) -> tuple[DayOff, ...]:
    """Return the days of a CSV with date, kind and name; raise Invalid naming the first faulty line."""
    text, _encoding = decode(data, file=file)
    rows = [(n, row) for n, row in enumerate(_rows(text, file=file), start=1) if any(row)]
    if rows and rows[0][1][0].casefold() in HEADINGS:
        rows = rows[1:]
    if not rows:
        raise Invalid(_("%(file)s 里没有日期。每行写：日期,放假或上班,名称。", file=file))
    if len(rows) > MOST_DAYS:
        raise Invalid(_("%(file)s 里的日期太多，一次至多 %(most)s 天。", file=file, most=MOST_DAYS))
    found: dict[date, DayOff] = {}
    for line, row in rows:
        each = _day(row, line=line)
        if each.day in found:
            raise Invalid(_("第 %(line)s 行：%(day)s 写了两次。", line=line, day=each.day.isoformat()))
        found[each.day] = each
    return tuple(found[day] for day in sorted(found))


def _rows(text: str, *, file: str) -> Iterable[Sequence[str]]:
    try:
        for row in csv.reader(io.StringIO(text.replace("，", ",")), strict=True):
            yield [cell.strip() for cell in row]
    except csv.Error:
        raise Invalid(_("%(file)s 不是 CSV 文件。", file=file)) from None


def _day(row: Sequence[str], *, line: int) -> DayOff:
    if len(row) != 3:
        raise Invalid(_("第 %(line)s 行：要三格，日期、放假或上班、名称。", line=line))
    day, kind, name = _date(row[0], line=line), SPELT.get(row[1].casefold()), row[2]
    if kind is None:
        raise Invalid(
            _("第 %(line)s 行：“%(kind)s”看不懂，请写放假、上班，或平常（取消）。", line=line, kind=row[1])
        )
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(_("第 %(line)s 行：请写名称，至多 %(most)s 个字。", line=line, most=LONGEST_NAME))
    if kind == WORKDAY and day.weekday() < SATURDAY:
        raise Invalid(
            _("第 %(line)s 行：%(day)s 本来就是工作日，不用写上班。", line=line, day=day.isoformat())
        )
    return DayOff(day, kind, name)


def _date(text: str, *, line: int) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise Invalid(
            _("第 %(line)s 行：“%(text)s”不是日期，请写成 2027-02-06。", line=line, text=text)
        ) from None


def end(days: Iterable[date]) -> date | None:
    """Return until when a calendar is known: the end of the last year of which it names a day."""
    last = max(days, default=None)
    return None if last is None else date(last.year, DECEMBER, LAST)
