"""A week's roster at once: duty rows in bundles, so that what passed stays as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import HOLDER, PLANNED_COVER, Assignment
from feedback.models import Area, Duty, Worker
from feedback.roster.queries.weeks import spans
from feedback.roster.rules.weeks import WEEK, PlannedWeek, Span, WeekPlan, begins
from huying.base import clock
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _


def plan_week(session: Session, plan: WeekPlan, *, by: str, now: datetime) -> PlannedWeek:
    """Put on duty for a week who is planned for each grid; return what changed, and who answers above it.

    Where the grid has a holder all that week, another worker is the holder's cover; else the worker holds the
    grid for that week. What has passed stays as it was. Raise Invalid for a week that is over.
    """
    start, end = max(begins(plan.monday), now), begins(plan.monday) + WEEK
    if end <= now:
        raise Invalid(_("这一周已经过去，不能再排。"))
    changed: list[str] = []
    above: dict[str, Span] = {}
    for grid, worker in sorted(plan.workers.items()):
        before, after = _plan(session, grid, worker, start=start, end=end, by=by, now=now)
        changed += [grid] if before != after else []
        others = [span for span in after if _is_above(span, worker)]
        if others:
            above[grid] = others[0]
    hand_over(session, now=now, grids=plan.workers, by=by)
    return PlannedWeek(tuple(changed), above)


def _plan(
    session: Session, grid: str, worker: str, *, start: datetime, end: datetime, by: str, now: datetime
) -> tuple[list[Span], list[Span]]:
    """Plan one grid's week; return who answered in it before, and who does then."""
    rows = duty_queries.rows(session, grid)
    before = spans(rows, start=start, end=end)
    if {span.worker for span in before} == {worker}:
        return before, before
    _put(session, grid, worker, rows=rows, start=start, end=end, by=by, now=now)
    after = spans(duty_queries.rows(session, grid), start=start, end=end)
    _check_answers(session, grid, worker, after)
    return before, after


def _is_above(span: Span, worker: str) -> bool:
    """Tell whether somebody answers there whom no weekly plan moves: by a swap, or in an emergency."""
    return span.layer > PLANNED_COVER and span.worker != worker


def _check_answers(session: Session, grid: str, worker: str, planned: Sequence[Span]) -> None:
    """Raise Conflict where somebody else answers all week, whatever is planned beneath."""
    if worker in {span.worker for span in planned}:
        return
    above = next(span for span in planned if span.worker)
    name = session.get_one(Worker, above.worker).name
    local = f"{clock.local(above.start):%Y-%m-%d %H:%M}"
    raise Conflict(
        _(
            "%(grid)s：%(name)s 自 %(local)s 起临时顶班，整周都由其值守；请先结束那一条。",
            grid=session.get_one(Area, grid).name,
            name=name,
            local=local,
        )
    )


def _put(
    session: Session,
    grid: str,
    worker: str,
    *,
    rows: Sequence[Duty],
    start: datetime,
    end: datetime,
    by: str,
    now: datetime,
) -> None:
    _clear(session, rows, layer=PLANNED_COVER, start=start, end=end, by=by, now=now)
    held = [row for row in duty_queries.rows(session, grid) if row.layer == HOLDER]
    holders = {span.worker for span in spans(held, start=start, end=end)}
    if holders == {worker}:
        return
    layer = HOLDER if None in holders else PLANNED_COVER
    if layer == HOLDER:
        _clear(session, held, layer=HOLDER, start=start, end=end, by=by, now=now)
    duty.assign(session, Assignment(grid, worker, layer, start, end, _("周排班")), by=by, now=now)


def _clear(
    session: Session,
    rows: Sequence[Duty],
    *,
    layer: int,
    start: datetime,
    end: datetime,
    by: str,
    now: datetime,
) -> None:
    """Make room on a layer over [start, end): what begins in it is taken back, what runs into it ends there.

    What would go on after `end` is entered anew from there, so that only this time is cleared.
    """
    for row in rows:
        if row.layer != layer or row.valid_from >= end or (row.valid_to and row.valid_to <= start):
            continue
        rest = None if row.valid_to is not None and row.valid_to <= end else row.valid_to
        goes_on = row.valid_to is None or row.valid_to > end
        if row.valid_from < start:
            duty.close(session, row.id, at=start, by=by, now=now)
        else:
            duty.retract(session, row.id, by=by, now=now)
        if goes_on:
            after = Assignment(row.grid_code, row.worker_code, layer, end, rest, row.reason)
            duty.assign(session, after, by=by, now=now)
