"""A roster from a file: who holds which grid on which layer from–to, for a week or for whatever it covers.

From the first beginning to the last end that the file names for a grid and layer, the file is the whole plan:
what was planned there and isn't in it any more is taken back. What has begun is never taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.imports.operations import cells, runs
from feedback.imports.operations.cells import WrongCell
from feedback.imports.operations.known_areas import KnownAreas
from feedback.imports.operations.scope import ImportScope
from feedback.models import Duty, Worker
from huying.base import clock
from huying.base.i18n import _, lazy, mark
from huying.base.personal_numbers import quoted
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

GRID = Column("grid", "网格编号", also=("网格", "grid"), kind="code", example="G0101")
STAFF = Column("staff", "工号", also=("网格员工号", "staff"), kind="code", example="W0001")
LAYER = Column("layer", "值守方式", also=("方式", "层", "layer"), example="代班")
FROM = Column("from", "值守开始", also=("开始", "from"), kind="time", example="2026-11-23 08:30")
TO = Column("to", "值守结束", also=("结束", "to"), kind="time", example="2026-11-23 18:00")
REASON = Column("reason", "原因", also=("备注", "reason"), required=False, example="轮休")
LAYOUT = Layout(title="排班", columns=(GRID, STAFF, LAYER, FROM, TO, REASON), name="duty")
LAYERS = (lazy("负责人"), lazy("代班"), lazy("换班"), lazy("应急"))
LAYER_CODES = {name.message: layer for layer, name in enumerate(LAYERS)} | {str(n): n for n in range(4)}
BROUGHT = mark("排班导入")
Slot = tuple[str, int]
"""A grid and a layer."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A row: a worker is on duty in a grid, on a layer, over [start, end)."""

    line: int
    grid: str
    staff: str
    layer: int
    start: datetime
    end: datetime
    reason: str

    @property
    def slot(self) -> Slot:
        """Grid and layer."""
        return self.grid, self.layer

    @property
    def key(self) -> tuple[str, int, str, datetime]:
        """What this shift is known by."""
        return self.grid, self.layer, self.staff, self.start


def draft(session: Session, table: Table, *, known_areas: KnownAreas, scope: ImportScope) -> runs.Draft:
    """Return what the file's roster would change within the time that it covers."""
    faults = Faults()
    workers = set(session.scalars(select(Worker.code).where(Worker.active)))
    shifts = _shifts(table, known_areas, workers, faults=faults)
    planned = _planned(session, shifts)
    known = {_key(row): row for row in planned}
    dropped = _dropped(shifts, planned, now=scope.now)
    _check_overlaps(shifts, [row for row in planned if row not in dropped], faults=faults)
    _check_past(shifts, known, scope=scope, faults=faults)
    fates = [_change(shift, known.get(shift.key), dropped) for shift in shifts]
    left = [_left(row) for row in dropped if not any(_meets(row, shift) for shift in shifts)]
    plan = runs.plan(table, known=len(planned), fates=fates, faults=faults, left=left)
    return runs.Draft(plan, partial(_put, session, shifts, known=known, dropped=dropped, scope=scope))


def _shifts(table: Table, known_areas: KnownAreas, workers: set[str], *, faults: Faults) -> list[Shift]:
    shifts: dict[object, Shift] = {}
    for row, shift in cells.parsed(
        table, partial(_shift, known_areas=known_areas, workers=workers), faults=faults
    ):
        if shift.key in shifts:
            faults.add(row.line, _("和第 %(line)s 行是同一条值守。", line=shifts[shift.key].line))
        shifts[shift.key] = shift
    return list(shifts.values())


def _shift(row: Row, *, known_areas: KnownAreas, workers: set[str]) -> Shift:
    grid, staff, layer = known_areas.grid(row, GRID), cells.code(row, STAFF), LAYER_CODES.get(row["layer"])
    if staff not in workers:
        raise WrongCell(STAFF, _("没有工号为“%(code)s”的在岗网格员。", code=staff))
    if layer is None:
        listed = "、".join(map(str, LAYERS))
        raise WrongCell(
            LAYER,
            _(
                "值守方式“%(layer)s”不对，应为%(listed)s之一。",
                layer=quoted(row["layer"], longest=40),
                listed=listed,
            ),
        )
    start = cells.instant(row, FROM)
    end = cells.end(row, TO, after=start)
    if end is None:
        raise WrongCell(TO, _("请填写%(what)s。", what=TO.heading))
    return Shift(row.line, grid, staff, layer, start, end, cells.optional_label(row, REASON, longest=80))


def _spans(shifts: Iterable[Shift]) -> dict[Slot, tuple[datetime, datetime]]:
    """Return from when to when the file is the plan of each slot."""
    spans: dict[Slot, tuple[datetime, datetime]] = {}
    for shift in shifts:
        start, end = spans.get(shift.slot, (shift.start, shift.end))
        spans[shift.slot] = min(start, shift.start), max(end, shift.end)
    return spans


def _planned(session: Session, shifts: Sequence[Shift]) -> list[Duty]:
    """Return the live rows that share an instant with what the file covers."""
    spans = _spans(shifts)
    if not spans:
        return []
    first = min(start for start, _end in spans.values())
    live = select(Duty).where(
        Duty.retracted_at.is_(None), (Duty.valid_to.is_(None)) | (Duty.valid_to > first)
    )
    found = []
    for row in session.scalars(live.order_by(Duty.valid_from, Duty.id)):
        start, end = spans.get((row.grid_code, row.layer), (row.valid_from, row.valid_from))
        if row.valid_from < end and (row.valid_to is None or row.valid_to > start):
            found.append(row)
    return found


def _key(row: Duty) -> tuple[str, int, str, datetime]:
    return row.grid_code, row.layer, row.worker_code, row.valid_from


def _dropped(shifts: Sequence[Shift], planned: Sequence[Duty], *, now: datetime) -> list[Duty]:
    """Return what hasn't begun, lies within what the file covers, and isn't in the file."""
    spans, kept = _spans(shifts), {shift.key for shift in shifts}
    return [
        row
        for row in planned
        if _key(row) not in kept
        and row.valid_from > now
        and row.valid_from >= spans[row.grid_code, row.layer][0]
        and row.valid_to is not None
        and row.valid_to <= spans[row.grid_code, row.layer][1]
    ]


def _meets(row: Duty, shift: Shift) -> bool:
    same = (row.grid_code, row.layer) == shift.slot
    return same and row.valid_from < shift.end and (row.valid_to is None or shift.start < row.valid_to)


def _check_overlaps(shifts: Sequence[Shift], staying: Sequence[Duty], *, faults: Faults) -> None:
    """One slot has one worker at a time, counting what stays though it isn't in the file."""
    kept = {shift.key for shift in shifts}
    spans: dict[Slot, list[tuple[datetime, datetime | None, int, str]]] = {}
    for shift in shifts:
        spans.setdefault(shift.slot, []).append((shift.start, shift.end, shift.line, shift.staff))
    for row in staying:
        if _key(row) not in kept:
            slot = (row.grid_code, row.layer)
            spans.setdefault(slot, []).append((row.valid_from, row.valid_to, 0, row.worker_code))
    for listed in spans.values():
        listed.sort(key=lambda span: span[0])
        for before, after in pairwise(listed):
            if before[1] is None or before[1] > after[0]:
                line, other = (after[2], before[3]) if after[2] else (before[2], after[3])
                faults.add(
                    line, _("和 %(other)s 在同一网格、同一方式的值守时间重叠。", other=other), FROM.heading
                )


def _check_past(
    shifts: Sequence[Shift],
    known: Mapping[tuple[str, int, str, datetime], Duty],
    *,
    scope: ImportScope,
    faults: Faults,
) -> None:
    """What is over stays as it was, and what runs ends now at the earliest."""
    for shift in shifts:
        row = known.get(shift.key)
        if row is None or row.valid_to == shift.end:
            continue
        if min(row.valid_to or shift.end, shift.end) <= scope.now:
            faults.add(shift.line, _("已经过去的值守不能由导入更改。"), TO.heading)


def _change(shift: Shift, known: Duty | None, dropped: Sequence[Duty]) -> Change | None:
    key = f"{shift.grid} {LAYERS[shift.layer]}"
    span = _span(shift.start, shift.end)
    if known is not None and known.valid_to == shift.end:
        return None
    before = [row.worker_code for row in dropped if _meets(row, shift)]
    if known is not None:
        before = [_span(known.valid_from, known.valid_to)]
    if before:
        told = _(
            "%(staff)s %(span)s，原为 %(before)s", staff=shift.staff, span=span, before="、".join(before)
        )
        return Change("changed", key, shift.line, told)
    return Change("new", key, shift.line, f"{shift.staff} {span}")


def _left(row: Duty) -> Change:
    told = f"{row.worker_code} {_span(row.valid_from, row.valid_to)}"
    return Change("left", f"{row.grid_code} {LAYERS[row.layer]}", None, told)


def _span(start: datetime, end: datetime | None) -> str:
    until = f"{clock.local(end):%Y-%m-%d %H:%M}" if end else "…"
    return f"{clock.local(start):%Y-%m-%d %H:%M} – {until}"


def _put(
    session: Session,
    shifts: Sequence[Shift],
    *,
    known: Mapping[tuple[str, int, str, datetime], Duty],
    dropped: Sequence[Duty],
    scope: ImportScope,
) -> None:
    """Take back first, then shorten, then prolong, then add: nothing overlaps on the way."""
    for row in dropped:
        duty.retract(session, row.id, by=scope.by, now=scope.now)
    held = [(shift, known[shift.key]) for shift in shifts if shift.key in known]
    for shift, row in sorted(
        held, key=lambda pair: pair[1].valid_to is not None and pair[1].valid_to < pair[0].end
    ):
        row.valid_to = shift.end
        session.flush()
    session.add_all(_duty(shift, scope=scope) for shift in shifts if shift.key not in known)
    session.flush()
    hand_over(session, now=scope.now, by=scope.by)


def _duty(shift: Shift, *, scope: ImportScope) -> Duty:
    return Duty(
        grid_code=shift.grid,
        worker_code=shift.staff,
        layer=shift.layer,
        valid_from=shift.start,
        valid_to=shift.end,
        reason=shift.reason or BROUGHT,
        recorded_at=scope.now,
        recorded_by=scope.by,
    )
