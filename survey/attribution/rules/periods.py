"""The periods that hours are attributed in: a quarter as `2026Q4`, or a week as deposits name it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.deposit.periods import PERIOD, period_bounds

QUARTER = re.compile(r"([0-9]{4})Q([1-4])", re.ASCII)


@dataclass(frozen=True, slots=True)
class AttributedPeriod:
    """A period by its name: cases due in [start, stop) count, both UTC."""

    name: str
    start: datetime
    stop: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return self.start <= at < self.stop


def attributed_period(name: str, *, tz: tzinfo) -> AttributedPeriod:
    """Return the period of civil days in `tz` that a name stands for; raise Invalid where there is none."""
    if PERIOD.fullmatch(name):
        return AttributedPeriod(name, *period_bounds(name, tz=tz))
    try:
        if found := QUARTER.fullmatch(name):
            return AttributedPeriod(name, *_quarter(int(found[1]), int(found[2]), tz=tz))
    except (ValueError, OverflowError):
        pass
    raise Invalid(_("没有“%(period)s”这个时段；写法如 2026Q4 或 2026W48。", period=name))


def _quarter(year: int, quarter: int, *, tz: tzinfo) -> tuple[datetime, datetime]:
    """The bounds of a quarter; ValueError or OverflowError where the calendar has no such instants."""
    begins, ends = date(year, 3 * quarter - 2, 1), date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    start, stop = (datetime.combine(day, time(), tzinfo=tz).astimezone(UTC) for day in (begins, ends))
    return start, stop
