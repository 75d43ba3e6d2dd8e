"""Cases from another system: created, changed by a further step, or left alone; never confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.rules import deadlines, lifecycle
from feedback.cases.rules.codes import case_code
from feedback.cases.rules.lifecycle import Hand, Standing
from feedback.imports.operations import case_rows, runs
from feedback.imports.operations.case_rows import CaseRow
from feedback.imports.operations.mapping import CaseMapping
from feedback.models import Area, Case, CaseStep, Department
from huying import sheets
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.sheets import Faults, Table
from huying.store import locks

URGENCY = "ordinary"
CHANGE = "import"
"""The event of a step by which an import corrects what an earlier one brought."""

WORKED_HERE = frozenset(lifecycle.STATES) - {"registered", "declared"}


def read_table(data: bytes, *, mapping: CaseMapping, file: str) -> Table:
    """Return a file as a table of cases; cells that can't be read are among its faults."""
    return sheets.read(data, file=file, layout=mapping.layout, gather=True)


def faults_of(session: Session, table: Table, *, mapping: CaseMapping, now: datetime) -> Faults:
    """Return what is wrong with a table of cases, beside those that are stored."""
    return _Reading(session, table, mapping, now).faults


def import_cases(
    session: Session,
    data: bytes,
    *,
    mapping: CaseMapping,
    now: datetime,
    file: str = "cases.csv",
    keep_good: bool = False,
    confirmed_by: str | None = None,
) -> runs.ImportCounts:
    """Add and change cases by (source, external id); rows that are absent change nothing.

    Raise Invalid with line and reason for each row that can't be taken; then nothing is stored. With
    `keep_good` the rows without faults are, for whoever puts their name to it.
    """
    table = read_table(data, mapping=mapping, file=file)
    locks.hold(session, "import", mapping.source)
    found = _Reading(session, table, mapping, now)
    partly = keep_good and bool(found.faults)
    if not partly:
        found.faults.check(table.file)
    elif not (confirmed_by or "").strip():
        raise Refused(_("只导入没有错的行，要由负责人署名确认。"))
    rows = found.good
    _add_places(session, rows, grids=found.grids, departments=found.departments)
    fates = [_put(session, row, found.known.get(row.external_id), source=mapping.source) for row in rows]
    session.flush()
    return runs.settle(
        session,
        f"cases/{mapping.source}",
        data,
        read=len(rows),
        fates=fates,
        now=now,
        confirmed_by=(confirmed_by or "").strip() if partly else None,
    )


class _Reading:
    """A table of cases, read beside what is stored."""

    def __init__(self, session: Session, table: Table, mapping: CaseMapping, now: datetime) -> None:
        self.faults = Faults(list(table.faults))
        self.grids = set(session.scalars(select(Area.code).where(Area.level == "grid")))
        self.departments = set(session.scalars(select(Department.code)))
        self.known = _known(session, mapping.source)
        unread = {fault.line for fault in table.faults}
        self.rows = case_rows.read(
            table.without(unread),
            mapping=mapping,
            grids=self.grids,
            departments=self.departments,
            now=now,
            faults=self.faults,
        )
        _check_changes(self.rows, self.known, faults=self.faults)

    @property
    def good(self) -> list[CaseRow]:
        """The rows that nothing is wrong with."""
        refused = {fault.line for fault in self.faults}
        return [row for row in self.rows if row.line not in refused]


def _known(session: Session, source: str) -> dict[str, Case]:
    cases = session.scalars(select(Case).where(Case.source_name == source))
    return {str(case.external_id): case for case in cases}


def _check_changes(rows: Iterable[CaseRow], known: Mapping[str, Case], *, faults: Faults) -> None:
    for row in rows:
        case = known.get(row.external_id)
        if case is None or case.content_hash == row.content_hash:
            continue
        if case.opened_at != row.opened_at:
            faults.add(row.line, _("登记时间和先前导入的不同。"))
        elif case.state in WORKED_HERE:
            faults.add(row.line, _("这件事已在本系统办理，不能再由导入更改。"))


def _add_places(session: Session, rows: Iterable[CaseRow], *, grids: set[str], departments: set[str]) -> None:
    """Add the grids and departments that the file names for the first time."""
    names = {row.department: row.department_name for row in rows}
    session.add_all(
        Department(code=code, name=name) for code, name in names.items() if code not in departments
    )
    fresh = {row.grid for row in rows if row.grid is not None} - grids
    session.add_all(Area(code=code, level="grid", name=code) for code in sorted(fresh))
    session.flush()


def _put(session: Session, row: CaseRow, case: Case | None, *, source: str) -> runs.Fate:
    if case is None:
        session.add(new_case(row, source=source))
        return "created"
    if case.content_hash == row.content_hash:
        return "unchanged"
    change_case(case, row)
    return "changed"


def new_case(row: CaseRow, *, source: str) -> Case:
    """Return a case as its source tells it, with the steps that brought it there."""
    holder = lifecycle.department(row.department)
    case = Case(
        code=case_code(f"{source}/{row.external_id}".encode(), at=row.opened_at),
        source="import",
        source_name=source,
        external_id=row.external_id,
        opened_at=row.opened_at,
        urgency=URGENCY,
        due_at=deadlines.due(URGENCY, since=row.opened_at),
        round=1,
    )
    _describe(case, row)
    opened = lifecycle.next_state(None, "open", hand=Hand("import"), to=holder)
    _step(case, "open", opened, actor="import", at=row.opened_at)
    _declare(case, row)
    return case


def change_case(case: Case, row: CaseRow) -> None:
    """Bring a case to what its source says now; its history keeps what was said before.

    Where an earlier step says otherwise, another follows it at the same instant: there the last one counts.
    """
    _describe(case, row)
    worked_on, declared = _standings(row)
    for at, holder in sorted(_holders(case).items()):
        right = declared if row.declared_at is not None and at >= row.declared_at else worked_on
        if holder != right.holder and at != row.declared_at:
            _step(case, CHANGE, right, actor="import", at=at)
    _declare(case, row)


def _describe(case: Case, row: CaseRow) -> None:
    case.content_hash, case.grid_code, case.flags = row.content_hash, row.grid, row.flags
    case.category, case.detail = row.category, row.detail
    case.declared_at = row.declared_at
    standing = _standings(row)[row.declared_at is not None]
    case.state, case.holder = standing.state, standing.holder


def _standings(row: CaseRow) -> tuple[Standing, Standing]:
    """Return where the case stands before and after its department declares it solved."""
    holder = lifecycle.department(row.department)
    opened = lifecycle.next_state(None, "open", hand=Hand("import"), to=holder)
    return opened, lifecycle.next_state(opened.state, "declare", hand=Hand(holder, holder))


def _holders(case: Case) -> dict[datetime, str]:
    """Return who holds the case from each instant at which it took a step."""
    return {step.at: step.holder for step in case.steps}


def _declare(case: Case, row: CaseRow) -> None:
    declared = _standings(row)[1]
    if row.declared_at is not None and _holders(case).get(row.declared_at) != declared.holder:
        by = lifecycle.department(row.department)
        _step(case, "declare", declared, actor=by, at=row.declared_at)


def _step(case: Case, event: str, standing: Standing, *, actor: str, at: datetime) -> None:
    case.steps.append(
        CaseStep(
            at=at,
            event=event,
            actor=actor,
            state=standing.state,
            holder=standing.holder,
            round=case.round,
            note="",
        )
    )
