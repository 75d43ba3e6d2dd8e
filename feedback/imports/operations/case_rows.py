"""Rows of another system's cases, read by a mapping: checked, their times turned into instants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from feedback.imports.operations import cells
from feedback.imports.operations.mapping import CaseMapping
from huying.base import clock
from huying.base.area_names import AreaNames, no_grid
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import check_none
from huying.ledger import canonical
from huying.sheets import Faults, Row, Table

LONGEST_CATEGORY = 80
WORKBOOK = ("%Y-%m-%d %H:%M", "%Y-%m-%d")
"""How a cell that a spreadsheet program took for a time is read from a workbook."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as its source has it now; `grid` is None where it names none, `declared_at` while it is open."""

    line: int
    external_id: str
    opened_at: datetime
    declared_at: datetime | None
    department: str
    department_name: str
    category: str
    detail: str
    grid: str | None
    flags: str

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is imported of the row: a change elsewhere in the row is none."""
        return sha256(
            canonical.line(
                {
                    "category": self.category,
                    "declared": clock.iso(self.declared_at) if self.declared_at else "",
                    "department": self.department,
                    "detail": self.detail,
                    "grid": self.grid or "",
                    "id": self.external_id,
                    "opened": clock.iso(self.opened_at),
                }
            )
        ).hexdigest()


def read(
    table: Table,
    *,
    mapping: CaseMapping,
    grids: Iterable[str],
    departments: Iterable[str],
    now: datetime,
    faults: Faults,
) -> list[CaseRow]:
    """Return a table's cases; note each that can't be taken. `grids`, `departments`: those that exist."""
    known_grids, known_departments = frozenset(grids), frozenset(departments)

    def parse(row: Row) -> CaseRow:
        case = _case(row, mapping=mapping, now=now)
        _check_known(case, mapping, grids=known_grids, departments=known_departments)
        return case

    cases: dict[str, CaseRow] = {}
    for row, case in cells.parsed(table, parse, faults=faults):
        before = cases.setdefault(case.external_id, case)
        if before is not case:
            reason = _("编号“%(code)s”和第 %(line)s 行重复。", code=case.external_id, line=before.line)
            faults.add(row.line, reason)
    return list(cases.values())


def to_instant(text: str, *, form: str, zone: ZoneInfo) -> tuple[datetime, str]:
    """Return a local time as UTC, and what is odd about it: empty, `gap` or `twice`.

    A time that doesn't exist moves forward by as much as the clocks did; one that came twice means the first.
    """
    wall = _wall(text, form=form).replace(tzinfo=zone)
    at = wall.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return at, "gap"
    return at, "twice" if wall.utcoffset() != wall.replace(fold=1).utcoffset() else ""


def _wall(text: str, *, form: str) -> datetime:
    """Read a time as the mapping says, or as a workbook holds it."""
    for each in (form, *WORKBOOK):
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007  (its zone is put on by the caller)
        except ValueError:
            continue
    raise Invalid(_("时间“%(text)s”不对。", text=text[:40]))


def _case(row: Row, *, mapping: CaseMapping, now: datetime) -> CaseRow:
    held = {field: row[column] for field, column in mapping.columns.items()}
    opened_at, declared_at, flags = _times(held, mapping)
    if opened_at > now:
        raise Invalid(_("登记时间在将来。"))
    grid = None if mapping.is_unassigned(held["grid"]) else _code(held["grid"], what=_("网格"))
    department = _code(held["department"], what=_("部门编号"))
    return CaseRow(
        line=row.line,
        external_id=_code(held["external_id"], what=_("编号"), longest=64),
        opened_at=opened_at,
        declared_at=declared_at,
        department=department,
        department_name=check_none(held.get("department_name", ""))[:80] or department,
        category=_category(held["category"]),
        detail=check_none(held.get("detail", ""))[:120],
        grid=grid,
        flags=flags,
    )


def _code(text: str, *, what: str, longest: int = 32) -> str:
    if not text or len(text) > longest or not text.isprintable():
        raise Invalid(_("%(what)s应为 1 到 %(longest)s 个字符。", what=what, longest=longest))
    return text


def _category(text: str) -> str:
    if not text or len(text) > LONGEST_CATEGORY:
        raise Invalid(_("%(what)s应为 1 到 %(longest)s 个字。", what=_("类别"), longest=LONGEST_CATEGORY))
    return check_none(text)


def _times(held: Mapping[str, str], mapping: CaseMapping) -> tuple[datetime, datetime | None, str]:
    found = {
        field: to_instant(held[field], form=mapping.time_format, zone=mapping.zone)
        for field in ("opened", "declared")
        if held[field] or field == "opened"
    }
    opened_at = found["opened"][0]
    declared_at = found["declared"][0] if "declared" in found else None
    _check_status(held["status"], mapping, closed=declared_at is not None)
    if declared_at is not None and declared_at < opened_at:
        raise Invalid(_("办结时间早于登记时间。"))
    odd = (f"{field}:{note}" for field, (_at, note) in found.items() if note)
    return opened_at, declared_at, " ".join(odd)


def _check_status(status: str, mapping: CaseMapping, *, closed: bool) -> None:
    if status not in mapping.declared | mapping.open:
        raise Invalid(_("状态“%(status)s”不在对照表里。", status=status))
    if (status in mapping.declared) != closed:
        fault = _("没有办结时间") if not closed else _("却有办结时间")
        raise Invalid(_("状态是“%(status)s”，%(fault)s。", status=status, fault=fault))


def _check_known(
    case: CaseRow, mapping: CaseMapping, *, grids: frozenset[str], departments: frozenset[str]
) -> None:
    if not mapping.create_grids and case.grid is not None and case.grid not in grids:
        AreaNames.of((grid, "") for grid in grids).code(case.grid, unknown=no_grid(case.grid))
    if not mapping.create_departments and case.department not in departments:
        raise Invalid(_("没有编号为“%(department)s”的部门。", department=case.department))
