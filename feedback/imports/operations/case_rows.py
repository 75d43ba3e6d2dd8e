"""Rows of another system's cases, read by a mapping: checked, their times turned into instants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
TIMES = ("opened", "declared", "due", "transferred")
WORKBOOK = ("%Y-%m-%d %H:%M", "%Y-%m-%d")
"""How a cell that a spreadsheet program took for a time is read from a workbook."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as its source has it now; `grid` is None where it names none, `declared_at` while it is open.

    `transferred_at`: since when its department has it, and `former` who had it before, where the file says.
    `repeats`: the file has the same row before.
    """

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
    place: str = ""
    text: str = ""
    due_at: datetime | None = None
    transferred_at: datetime | None = None
    former: str = ""
    repeats: bool = False

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is imported of the row: a change elsewhere in the row is none."""
        always = {
            "category": self.category,
            "declared": clock.iso(self.declared_at) if self.declared_at else "",
            "department": self.department,
            "detail": self.detail,
            "grid": self.grid or "",
            "id": self.external_id,
            "opened": clock.iso(self.opened_at),
        }
        where_told = {
            "due": clock.iso(self.due_at) if self.due_at else "",
            "former": self.former,
            "place": self.place,
            "text": self.text,
            "transferred": clock.iso(self.transferred_at) if self.transferred_at else "",
        }
        return sha256(
            canonical.line(always | {name: value for name, value in where_told.items() if value})
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
    """Return a table's cases; note each that can't be taken. `grids`, `departments`: those that exist.

    A row that says the same once more is taken once; another of the same number is a fault.
    """
    known_grids, known_departments = frozenset(grids), frozenset(departments)

    def parse(row: Row) -> CaseRow:
        case = _case(row, mapping=mapping, now=now)
        _check_known(case, mapping, grids=known_grids, departments=known_departments)
        return case

    cases: dict[str, CaseRow] = {}
    repeated: list[CaseRow] = []
    for row, case in cells.parsed(table, parse, faults=faults):
        before = cases.setdefault(case.external_id, case)
        if before is not case and before.content_hash == case.content_hash:
            repeated.append(replace(case, repeats=True))
        elif before is not case:
            reason = _("编号“%(code)s”和第 %(line)s 行重复。", code=case.external_id, line=before.line)
            faults.add(row.line, reason)
    return [*cases.values(), *repeated]


def to_instant(text: str, *, forms: Sequence[str], zone: ZoneInfo) -> tuple[datetime, str]:
    """Return a local time as UTC, and what is odd about it: empty, `gap` or `twice`.

    A time with an offset of its own needs no zone. A local time that doesn't exist moves forward by as much
    as the clocks did; one that came twice means the first.
    """
    read = _read_time(text, forms=forms)
    if read.tzinfo is not None:
        return read.astimezone(UTC), ""
    wall = read.replace(tzinfo=zone)
    at = wall.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        return at, "gap"
    return at, "twice" if wall.utcoffset() != wall.replace(fold=1).utcoffset() else ""


def _read_time(text: str, *, forms: Sequence[str]) -> datetime:
    """Read a time as the mapping says, as a workbook holds it, or with its own offset."""
    for each in (*forms, *WORKBOOK):
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007  (its zone is put on by the caller)
        except ValueError:
            continue
    try:
        whole = datetime.fromisoformat(text)
    except ValueError:
        whole = None
    if whole is None or whole.tzinfo is None:
        raise Invalid(_("时间“%(text)s”不对。", text=text[:40]))
    return whole


def _case(row: Row, *, mapping: CaseMapping, now: datetime) -> CaseRow:
    held = {field: row[column] for field, column in mapping.columns.items()}
    times, flags = _times(held, mapping)
    if times["opened"] > now:
        raise Invalid(_("登记时间在将来。"))
    former = held.get("former", "")
    department = _department(held["department"], mapping)
    return CaseRow(
        line=row.line,
        external_id=_code(held["external_id"], what=_("编号"), longest=64),
        opened_at=times["opened"],
        declared_at=times.get("declared"),
        department=department,
        department_name=check_none(held.get("department_name", ""))[:80] or held["department"][:80],
        category=_category(held["category"]),
        detail=check_none(held.get("detail", ""))[:120],
        grid=_grid(held["grid"], mapping),
        flags=flags,
        place=check_none(held.get("place", ""))[:200],
        text=check_none(held.get("text", ""))[:1000],
        due_at=times.get("due"),
        transferred_at=_transferred(times),
        former=_department(former, mapping) if former else "",
    )


def _department(text: str, mapping: CaseMapping) -> str:
    return _code(mapping.department_codes.get(text, text), what=_("部门编号"))


def _grid(text: str, mapping: CaseMapping) -> str | None:
    if mapping.is_unassigned(text):
        return None
    return _code(mapping.grid_codes.get(text, text), what=_("网格"))


def _transferred(times: Mapping[str, datetime]) -> datetime | None:
    """Return since when the department has it; what came after the end moved nothing."""
    at = times.get("transferred")
    if at is not None and at < times["opened"]:
        raise Invalid(_("转办时间早于登记时间。"))
    return at if at is not None and ("declared" not in times or at < times["declared"]) else None


def _code(text: str, *, what: str, longest: int = 32) -> str:
    if not text or len(text) > longest or not text.isprintable():
        raise Invalid(_("%(what)s应为 1 到 %(longest)s 个字符。", what=what, longest=longest))
    return text


def _category(text: str) -> str:
    if not text or len(text) > LONGEST_CATEGORY:
        raise Invalid(_("%(what)s应为 1 到 %(longest)s 个字。", what=_("类别"), longest=LONGEST_CATEGORY))
    return check_none(text)


def _times(held: Mapping[str, str], mapping: CaseMapping) -> tuple[dict[str, datetime], str]:
    found = {
        field: to_instant(held[field], forms=mapping.time_formats, zone=mapping.zone)
        for field in TIMES
        if held.get(field) or field == "opened"
    }
    times = {field: at for field, (at, _note) in found.items()}
    _check_status(held["status"], mapping, closed="declared" in times)
    if "declared" in times and times["declared"] < times["opened"]:
        raise Invalid(_("办结时间早于登记时间。"))
    return times, " ".join(f"{field}:{note}" for field, (_at, note) in found.items() if note)


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
