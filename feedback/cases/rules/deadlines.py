"""By when a case is to be taken up, resolved, and called back about.

Taking up and resolving count in plain calendar hours, nights and holidays too; calling back in working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huying.base import clock, working_days
from huying.base.errors import Invalid
from huying.base.i18n import Lazy, _, lazy
from huying.base.working_days import OfficialCalendar

LEAD_NAMED_WITHIN = timedelta(hours=24)
"""How long the coordinator may hold what was refused before the district does (兜底)."""


@dataclass(frozen=True, slots=True)
class Urgency:
    """A class of urgency: what forms call it, and how long dispatch and resolution may take."""

    code: str
    label: Lazy
    dispatch: timedelta
    resolve: timedelta
    call_back: int
    """Within how many working days somebody is called back who says that it isn't solved."""


URGENCIES: Mapping[str, Urgency] = {
    urgency.code: urgency
    for urgency in (
        Urgency("life", lazy("危及人身或财产安全"), timedelta(hours=1), timedelta(hours=2), 1),
        Urgency("utility", lazy("水电气热等或极端天气"), timedelta(hours=2), timedelta(hours=24), 2),
        Urgency("ordinary", lazy("一般事项"), timedelta(hours=24), timedelta(days=7), 5),
        Urgency("hard", lazy("疑难事项"), timedelta(hours=24), timedelta(days=15), 5),
    )
}
"""Seed durations after Beijing's rules (hard cases by the draft of 2021); a remit may replace them."""

RATING_OPEN = timedelta(days=14)
"""How long a resident may answer whether it is solved; silence after that leaves it unconfirmed."""


def urgency(code: str) -> Urgency:
    """Return the class of that code; raise Invalid where there is none."""
    if code not in URGENCIES:
        raise Invalid(_("请选择紧急程度。"))
    return URGENCIES[code]


def accept_due(code: str, *, since: datetime) -> datetime:
    """Return by when somebody has to take up what was opened, or whistled, at `since`."""
    return since + urgency(code).dispatch


def due(code: str, *, since: datetime) -> datetime:
    """Return by when what was opened, or whistled, at `since` has to be resolved."""
    return since + urgency(code).resolve


def call_back_by(code: str, *, since: datetime, calendar: OfficialCalendar) -> date:
    """Return the last day on which somebody is called back who said at `since` that it isn't solved."""
    return working_days.add(clock.local(since).date(), urgency(code).call_back, calendar=calendar)


def lapses_at(declared_at: datetime) -> datetime:
    """Return when a case that was declared solved becomes unconfirmed by silence."""
    return declared_at + RATING_OPEN
