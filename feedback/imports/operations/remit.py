"""The remit (权责清单) from a file: which department answers for which category, where, from–to.

A row is known by category, area and beginning. What is in force can be ended, not rewritten: the past stays
what it was agreed to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.imports.operations import cells, runs
from feedback.imports.operations.cells import WrongCell
from feedback.imports.operations.known_areas import KnownAreas
from feedback.imports.operations.scope import ImportScope
from feedback.models import Department, Remit
from huying.base import clock
from huying.base.i18n import _
from huying.base.personal_numbers import quoted
from huying.ledger import canonical
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

CATEGORY = Column("category", "事项类别", also=("类别", "事项", "category"), example="噪音扰民")
AREA = Column("area", "区域编号", also=("区域", "适用区域", "area"), kind="code", example="C")
LEAD = Column(
    "lead", "牵头部门", also=("主责部门", "责任部门", "部门编号", "lead"), kind="code", example="urban"
)
SUPPORTING = Column(
    "supporting", "配合部门", also=("协办部门", "supporting"), required=False, example="water、police"
)
FROM = Column("from", "生效日期", also=("开始", "起", "from"), kind="date", example="2026-12-01")
TO = Column("to", "失效日期", also=("结束", "止", "to"), kind="date", required=False, example="")
AGREED = Column("agreed", "议定单位", also=("议定人", "同意单位", "agreed_by"), example="区网格办")
LAYOUT = Layout(title="权责清单", columns=(CATEGORY, AREA, LEAD, SUPPORTING, FROM, TO, AGREED), name="remit")
BETWEEN = "、,，;； "
Key = tuple[str, str, datetime]
"""Category, area, beginning."""


@dataclass(frozen=True, slots=True)
class WantedRemit:
    """A row of the remit as the file has it."""

    line: int
    category: str
    area: str
    lead: str
    supporting: str
    start: datetime
    end: datetime | None
    agreed_by: str

    @property
    def key(self) -> Key:
        """What this row is known by."""
        return self.category, self.area, self.start


def draft(session: Session, table: Table, *, known_areas: KnownAreas, scope: ImportScope) -> runs.Draft:
    """Return what the file's rows would change in the remit."""
    faults = Faults()
    departments = frozenset(session.scalars(select(Department.code)))
    known = {(row.category, row.area_code, row.valid_from): row for row in session.scalars(select(Remit))}
    wanted = _read(table, known_areas, departments, faults=faults)
    _check_overlaps(wanted, known, faults=faults)
    _check_in_force(wanted, known, now=scope.now, faults=faults)
    fates = [_change(row, known.get(row.key)) for row in wanted]
    changing = [row for row, fate in zip(wanted, fates, strict=True) if fate is not None]
    plan = runs.plan(table, known=len(known), fates=fates, faults=faults)
    return runs.Draft(plan, partial(_put, session, changing, known=known, scope=scope))


def _read(
    table: Table, known_areas: KnownAreas, departments: frozenset[str], *, faults: Faults
) -> list[WantedRemit]:
    wanted: dict[Key, WantedRemit] = {}
    parse = partial(_wanted, known_areas=known_areas, departments=departments)
    for row, each in cells.parsed(table, parse, faults=faults):
        if each.key in wanted:
            reason = _("和第 %(line)s 行是同一类别、区域和生效日期。", line=wanted[each.key].line)
            faults.add(row.line, reason)
        wanted[each.key] = each
    return list(wanted.values())


def _wanted(row: Row, *, known_areas: KnownAreas, departments: frozenset[str]) -> WantedRemit:
    start = cells.instant(row, FROM)
    return WantedRemit(
        line=row.line,
        category=cells.label(row, CATEGORY, longest=80),
        area=known_areas.area(row, AREA),
        lead=_department(row[LEAD.name], LEAD, departments),
        supporting=_supporting(row, departments),
        start=start,
        end=cells.end(row, TO, after=start),
        agreed_by=cells.label(row, AGREED, longest=80),
    )


def _department(code: str, column: Column, departments: frozenset[str]) -> str:
    if code not in departments:
        raise WrongCell(column, _("没有编号为“%(code)s”的部门。", code=quoted(code, longest=40)))
    return code


def _supporting(row: Row, departments: frozenset[str]) -> str:
    text = row[SUPPORTING.name].translate(dict.fromkeys(map(ord, BETWEEN), " "))
    listed = [_department(code, SUPPORTING, departments) for code in text.split()]
    if row[LEAD.name] in listed or len(set(listed)) < len(listed):
        raise WrongCell(SUPPORTING, _("配合部门不能重复，也不能是牵头部门。"))
    return canonical.dump(sorted(listed))


def _check_overlaps(wanted: Sequence[WantedRemit], known: Mapping[Key, Remit], *, faults: Faults) -> None:
    """One category in one area has one row at a time, counting what is there and isn't in the file."""
    spans = {key: (row.valid_from, row.valid_to, 0) for key, row in known.items()}
    spans |= {row.key: (row.start, row.end, row.line) for row in wanted}
    by_place: dict[tuple[str, str], list[tuple[datetime, datetime | None, int]]] = {}
    for (category, area, _start), span in spans.items():
        by_place.setdefault((category, area), []).append(span)
    for listed in by_place.values():
        listed.sort(key=lambda span: span[0])
        for before, after in pairwise(listed):
            line = after[2] or before[2]
            if line and (before[1] is None or before[1] > after[0]):
                reason = _("同一类别和区域在这段时间已有规定；请写明前一条的失效日期。")
                faults.add(line, reason, FROM.heading)


def _check_in_force(
    wanted: Sequence[WantedRemit], known: Mapping[Key, Remit], *, now: datetime, faults: Faults
) -> None:
    for row in wanted:
        before = known.get(row.key)
        if before is None or row.start > now:
            continue
        if _content(row) != (before.lead, before.supporting, before.agreed_by):
            faults.add(row.line, _("已经生效的规定不能改；请写明它的失效日期，再加一条新的。"))
        elif row.end != before.valid_to and min(before.valid_to or now, row.end or now) < now:
            faults.add(row.line, _("已经过去的日期不能改。"), TO.heading)


def _content(row: WantedRemit) -> tuple[str, str, str]:
    return row.lead, row.supporting, row.agreed_by


def _change(row: WantedRemit, known: Remit | None) -> Change | None:
    key = f"{row.area} {row.category}"
    days = f"{clock.day(row.start)} – {clock.day(row.end) if row.end else '…'}"
    if known is None:
        return Change("new", key, row.line, f"{row.lead} {days}")
    if (known.lead, known.supporting, known.agreed_by, known.valid_to) == (*_content(row), row.end):
        return None
    return Change(
        "changed",
        key,
        row.line,
        _("%(lead)s %(days)s，原为 %(before)s", lead=row.lead, days=days, before=known.lead),
    )


def _put(
    session: Session, wanted: Sequence[WantedRemit], *, known: Mapping[Key, Remit], scope: ImportScope
) -> None:
    for row in wanted:
        stored = known.get(row.key)
        if stored is None:
            stored = _new(row, scope=scope)
            session.add(stored)
        stored.lead, stored.supporting, stored.agreed_by = _content(row)
        stored.valid_to, stored.changed_at = row.end, scope.now


def _new(row: WantedRemit, *, scope: ImportScope) -> Remit:
    return Remit(
        category=row.category,
        area_code=row.area,
        valid_from=row.start,
        recorded_at=scope.now,
        recorded_by=scope.by,
    )
