"""A community's week: who answers for each grid on each day, and who for the most of the week."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from feedback.duty import queries as duty_queries
from feedback.models import Area, Duty
from feedback.roster.rules.weeks import WEEK, Span, begins
from feedback.web.queries import lookups
from huying.base.errors import NotFound
from huying.base.i18n import _


@dataclass(frozen=True, slots=True)
class Community:
    """A community that is planned: its grids by code, whom they may be given, and the other communities.

    `near` are the codes of its own workers; the others are looked for by name.
    """

    area: Area
    communities: Sequence[Area]
    grids: Mapping[str, Area]
    workers: Mapping[str, str]
    near: Collection[str]


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A grid's week: who answers on each of seven days, and who is chosen for the week (empty: nobody)."""

    grid: Area
    days: Sequence[Sequence[Span]]
    chosen: str
    fault: str = ""


def community(session: Session, *, top: str | None, code: str | None) -> Community:
    """Return a community inside the area `top`, the first of them where no code is given; raise NotFound."""
    areas = lookups.areas(session)
    above = {area.parent_code for area in lookups.grids_below(areas, top)}
    listed = {code: area for code, area in areas.items() if code in above}
    found = listed.get(code or next(iter(listed), ""))
    if found is None:
        raise NotFound(_("没有这个社区，或不归您管。"))
    grids = {grid.code: grid for grid in lookups.grids_below(areas, found.code)}
    workers, near = lookups.workers_near(session, grids), lookups.workers_of_communities(session, grids)
    return Community(found, list(listed.values()), grids, workers, near)


def week_of(session: Session, grids: Mapping[str, Area], *, first: date, copied: bool) -> list[WeekLine]:
    """Return each grid's week from `first`, chosen as it stands, or `copied` from the week before."""
    rows = duty_queries.rows_of_several(session, grids)
    return [_line(rows[grid.code], grid, first=first, copied=copied) for grid in grids.values()]


def spans(rows: Sequence[Duty], *, start: datetime, end: datetime) -> list[Span]:
    """Return who answers for one grid over [start, end), in stretches of one worker, without a hole."""
    edges = {start, end}
    for row in rows:
        edges |= {edge for edge in (row.valid_from, row.valid_to) if edge and start < edge < end}
    ordered = sorted(edges)
    found: list[Span] = []
    for begin, stop in pairwise(ordered):
        span = _span(rows, begin, stop)
        if found and _who(found[-1]) == _who(span):
            found[-1] = Span(found[-1].start, stop, *_who(span))
        else:
            found.append(span)
    return found


def _span(rows: Sequence[Duty], start: datetime, end: datetime) -> Span:
    row = duty_queries.live(rows, at=start)
    if row is None:
        return Span(start, end, None)
    below = duty_queries.live([each for each in rows if each.layer < row.layer], at=start)
    covering = below.worker_code if below and below.worker_code != row.worker_code else None
    return Span(start, end, row.worker_code, row.layer, covering)


def _who(span: Span) -> tuple[str | None, int, str | None]:
    return span.worker, span.layer, span.covering


def _line(rows: Sequence[Duty], grid: Area, *, first: date, copied: bool) -> WeekLine:
    days = [_spans(rows, first + timedelta(days=n), days=1) for n in range(7)]
    return WeekLine(grid, days, _whole(_spans(rows, first - WEEK if copied else first, days=7)))


def _spans(rows: Sequence[Duty], first: date, *, days: int) -> list[Span]:
    return spans(rows, start=begins(first), end=begins(first + timedelta(days=days)))


def _whole(stretches: Sequence[Span]) -> str:
    """Return who answers for the longest part of a week; empty where mostly nobody does."""
    held: dict[str, timedelta] = {}
    for span in stretches:
        held[span.worker or ""] = held.get(span.worker or "", timedelta()) + (span.end - span.start)
    return max(held, key=lambda code: held[code])
