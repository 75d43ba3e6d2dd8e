"""The days of a field: its first and last, the last for a replicate, and how they are sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from huying.base.clock import LOCAL, local
from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.binding import Binding, LateReplicate
from survey.waves.rules.wave_rules import WaveRules

LONGEST = timedelta(days=60)
"""A field without a date of its own ends so long after its event."""
DAYS_FOR_REPLICATES = 10
"""The field days that the last replicate has."""
STANDARD_HOURS = ("09:00-12:00", "14:30-21:00")
ANY_HOUR = ("00:00-24:00",)
EVERY_DAY = range(1, 8)


def end(event: datetime) -> datetime:
    """Return when a field without a date of its own ends: the first instant after its last day."""
    after = local(event).date() + LONGEST + timedelta(days=1)
    return datetime.combine(after, time(), tzinfo=LOCAL)


def days(event: datetime, *, ends: datetime) -> tuple[date, date]:
    """Return first and last day of the field that follows an event; `ends` is the first instant after it."""
    first = local(event).date()
    last = local(ends - timedelta(microseconds=1)).date()
    return first, max(first, last)


def check_late(rules: WaveRules, *, event: datetime, ends: datetime) -> None:
    """Raise Invalid where the late replicate would go out before or after the days of the field."""
    first, last = (each.isoformat() for each in days(event, ends=ends))
    if rules.late and not first < rules.late_day <= last:
        raise Invalid(
            _(
                "晚的一批要在开始访问以后、访问截止以前放出：%(first)s 以后，不晚于 %(last)s。",
                first=first,
                last=last,
            )
        )


def binding(
    rules: WaveRules,
    *,
    event: datetime,
    ends: datetime,
    groups: str,
    terms: str,
    codes: str,
) -> Binding:
    """Return what the design binds, with the digests of the files beside it."""
    first, last = days(event, ends=ends)
    return Binding(
        first=first.isoformat(),
        last=last.isoformat(),
        lastrelease=max(first, last - timedelta(days=DAYS_FOR_REPLICATES)).isoformat(),
        hours=hours(rules),
        days=EVERY_DAY,
        leastwindows=rules.effort.windows,
        unworked=rules.unworked,
        armcap=rules.armcap,
        groups=groups,
        terms=terms,
        codes=codes,
        late=LateReplicate(rules.late_day, rules.late) if rules.late else None,
        auditors=rules.auditors,
        quorum=rules.quorum,
    )


def hours(rules: WaveRules) -> Sequence[str]:
    """Return the sealed hours of calling."""
    return ANY_HOUR if rules.hours == "any" else STANDARD_HOURS
