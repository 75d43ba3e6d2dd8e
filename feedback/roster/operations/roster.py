"""A week's roster at once, a leave with its cover, a swap between two workers: duty rows in bundles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import HOLDER, PLANNED_COVER, SWAP
from feedback.models import Duty, SwapOffer
from huying.base.clock import LOCAL
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.i18n import _

WEEK = timedelta(days=7)
LONGEST_LEAVE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a week [start, end) and who answers in it; `covering` is whom they stand in for."""

    start: datetime
    end: datetime
    worker: str | None
    layer: int = HOLDER
    covering: str | None = None


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def begins(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), tzinfo=LOCAL)


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


def plan_week(
    session: Session, wanted: Mapping[str, str], *, week: date, by: str, now: datetime
) -> list[str]:
    """Put on duty for the week from Monday `week` who is wanted in each grid; return the grids that changed.

    Where the grid has a holder all that week, another worker is the holder's cover; else the worker holds the
    grid for that week. What has passed stays as it was. Raise Invalid for a week that is over.
    """
    start, end = max(begins(week), now), begins(week) + WEEK
    if end <= now:
        raise Invalid(_("这一周已经过去，不能再排。"))
    return [
        grid
        for grid, worker in sorted(wanted.items())
        if _plan(session, grid, worker, start=start, end=end, by=by, now=now)
    ]


def leave(
    session: Session,
    *,
    worker_code: str,
    cover_code: str,
    first: date,
    last: date,
    reason: str,
    by: str,
    now: datetime,
) -> list[Duty]:
    """Let `cover_code` stand in for a worker from day to day, both counted, in each grid held then.

    Raise Invalid where that can't be, Conflict where somebody covers there already.
    """
    if worker_code == cover_code:
        raise Invalid(_("代班的人要和请假的人不同。"))
    if last < first:
        raise Invalid(_("请假的最后一天要不早于第一天。"))
    start, end = max(begins(first), now), begins(last + timedelta(days=1))
    if end <= now or end - start > LONGEST_LEAVE:
        raise Invalid(_("请假的日子要在今天以后，最长一年。"))
    held = _held_by(session, worker_code, start=start, end=end)
    if not held:
        raise Invalid(_("这段时间没有安排这位网格员值守，不用请假。"))
    return [
        duty.assign(
            session,
            grid_code=row.grid_code,
            worker_code=cover_code,
            layer=PLANNED_COVER,
            valid_from=max(start, row.valid_from),
            valid_to=min(end, row.valid_to) if row.valid_to else end,
            reason=reason,
            by=by,
            now=now,
        )
        for row in held
    ]


def offer_swap(
    session: Session,
    *,
    grid_code: str,
    from_worker: str,
    to_worker: str,
    valid_from: datetime,
    valid_to: datetime,
    now: datetime,
) -> SwapOffer:
    """Store that a worker asks another to stand in over [valid_from, valid_to); a yes makes it hold."""
    if valid_to <= valid_from or valid_from < now:
        raise Invalid(_("换班要在现在以后，结束要晚于开始。"))
    if from_worker == to_worker:
        raise Invalid(_("请选择另一位网格员。"))
    rows = duty_queries.rows(session, grid_code)
    if {span.worker for span in spans(rows, start=valid_from, end=valid_to)} != {from_worker}:
        raise Forbidden(_("那段时间这个网格不是您值守，不能换。"))
    offer = SwapOffer(
        grid_code=grid_code,
        from_worker=from_worker,
        to_worker=to_worker,
        valid_from=valid_from,
        valid_to=valid_to,
        offered_at=now,
    )
    session.add(offer)
    session.flush()
    return offer


def settle_swap(
    session: Session, offer_id: int, *, worker_code: str, agreed: bool, now: datetime
) -> SwapOffer:
    """Take the other worker's word: a yes puts them on duty for that time, a no leaves all as it was."""
    offer = session.get(SwapOffer, offer_id, with_for_update=True, populate_existing=True)
    if offer is None or offer.to_worker != worker_code:
        raise NotFound(_("没有这个换班请求。"))
    if offer.settled_at is not None:
        raise Conflict(_("这个换班请求已经答复过了。"))
    if offer.valid_to <= now:
        raise Conflict(_("这段换班时间已经过去了。"))
    offer.settled_at = now
    session.flush()
    if agreed:
        offer.duty_id = duty.assign(
            session,
            grid_code=offer.grid_code,
            worker_code=offer.to_worker,
            layer=SWAP,
            valid_from=max(offer.valid_from, now),
            valid_to=offer.valid_to,
            reason=_("换班"),
            by=f"worker:{worker_code}",
            now=now,
        ).id
    return offer


def offers_to(session: Session, worker_code: str, *, now: datetime) -> list[SwapOffer]:
    """Return the swaps that a worker is asked for and hasn't answered."""
    query = select(SwapOffer).where(
        SwapOffer.to_worker == worker_code, SwapOffer.settled_at.is_(None), SwapOffer.valid_to > now
    )
    return list(session.scalars(query.order_by(SwapOffer.valid_from)))


def _span(rows: Sequence[Duty], start: datetime, end: datetime) -> Span:
    row = duty_queries.live(rows, at=start)
    if row is None:
        return Span(start, end, None)
    below = duty_queries.live([each for each in rows if each.layer < row.layer], at=start)
    covering = below.worker_code if below and below.worker_code != row.worker_code else None
    return Span(start, end, row.worker_code, row.layer, covering)


def _who(span: Span) -> tuple[str | None, int, str | None]:
    return span.worker, span.layer, span.covering


def _plan(
    session: Session, grid: str, worker: str, *, start: datetime, end: datetime, by: str, now: datetime
) -> bool:
    rows = duty_queries.rows(session, grid)
    if {span.worker for span in spans(rows, start=start, end=end)} == {worker}:
        return False
    _clear(session, rows, layer=PLANNED_COVER, start=start, end=end, by=by, now=now)
    held = [row for row in duty_queries.rows(session, grid) if row.layer == HOLDER]
    holders = {span.worker for span in spans(held, start=start, end=end)}
    if holders == {worker}:
        return True
    layer = HOLDER if None in holders else PLANNED_COVER
    if layer == HOLDER:
        _clear(session, held, layer=HOLDER, start=start, end=end, by=by, now=now)
    duty.assign(
        session,
        grid_code=grid,
        worker_code=worker,
        layer=layer,
        valid_from=start,
        valid_to=end,
        reason=_("周排班"),
        by=by,
        now=now,
    )
    return True


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
            duty.assign(
                session,
                grid_code=row.grid_code,
                worker_code=row.worker_code,
                layer=layer,
                valid_from=end,
                valid_to=rest,
                reason=row.reason,
                by=by,
                now=now,
            )


def _held_by(session: Session, worker_code: str, *, start: datetime, end: datetime) -> list[Duty]:
    query = select(Duty).where(
        Duty.worker_code == worker_code,
        Duty.layer == HOLDER,
        Duty.retracted_at.is_(None),
        Duty.valid_from < end,
        or_(Duty.valid_to.is_(None), Duty.valid_to > start),
    )
    return list(session.scalars(query.order_by(Duty.grid_code, Duty.valid_from)))
