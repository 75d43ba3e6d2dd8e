"""Cases from another system: created, changed by a further step, or left alone; never confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

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

AS_OF_IMPORT = "as of import"
"""The flag of a case that another department has since the import that first said so."""


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
    fates: list[runs.Fate] = [
        "unchanged"
        if row.repeats
        else _put(session, row, found.known.get(row.external_id), source=mapping.source, now=now)
        for row in rows
    ]
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
        elif _worked_here(case):
            faults.add(row.line, _("这件事已在本系统办理，不能再由导入更改。"))


def _worked_here(case: Case) -> bool:
    """Tell whether anybody here did something to a case, beyond letting it lapse."""
    told = {"open", "declare", "lapse", "handover", "regrid", CHANGE}
    return any(step.event not in told or step.note for step in case.steps)


def _add_places(session: Session, rows: Iterable[CaseRow], *, grids: set[str], departments: set[str]) -> None:
    """Add the grids and departments that the file names for the first time."""
    names = {row.former: row.former for row in rows if row.former}
    names |= {row.department: row.department_name for row in rows}
    session.add_all(
        Department(code=code, name=name) for code, name in names.items() if code not in departments
    )
    fresh = {row.grid for row in rows if row.grid is not None} - grids
    session.add_all(Area(code=code, level="grid", name=code) for code in sorted(fresh))
    session.flush()


def _put(session: Session, row: CaseRow, case: Case | None, *, source: str, now: datetime) -> runs.Fate:
    if case is None:
        session.add(new_case(row, source=source))
        return "created"
    if case.content_hash == row.content_hash:
        return "unchanged"
    change_case(case, row, now=now)
    return "changed"


def new_case(row: CaseRow, *, source: str) -> Case:
    """Return a case as its source tells it, with the steps that brought it there."""
    first = row.former if row.former and row.transferred_at else row.department
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
    opened = lifecycle.next_state(None, "open", hand=Hand("import"), to=lifecycle.department(first))
    _step(case, "open", opened, actor="import", at=row.opened_at)
    if first != row.department and row.transferred_at:
        _step(case, CHANGE, _standings(row)[0], actor="import", at=row.transferred_at)
    _declare(case, row)
    return case


def change_case(case: Case, row: CaseRow, *, now: datetime) -> None:
    """Bring a case to what its source says now, by steps that follow those before.

    Who had it before keeps the hours: up to the file's own time of the transfer, else until now, when it is
    first known, and the case is flagged.
    A closing time that moved is the file's own word, and restates what follows it. What is over stays over.
    """
    before, declared_at = case.keeper, case.declared_at
    over = case.holder == lifecycle.NOBODY
    _describe(case, row, over=over)
    worked_on, declared = _standings(row)
    if over:
        _step(case, CHANGE, Standing(case.state, case.holder), actor="import", at=_after(case, now))
        return
    if declared_at is not None and declared_at != row.declared_at:
        at = min(filter(None, (declared_at, row.declared_at)))
        _step(case, CHANGE, Standing(worked_on.state, before), actor="import", at=at)
    if before != worked_on.holder and row.transferred_at is not None:
        _step(case, CHANGE, worked_on, actor="import", at=row.transferred_at)
    elif before != worked_on.holder:
        case.flags = " ".join(filter(None, (case.flags, AS_OF_IMPORT)))
        if row.declared_at is None:
            _step(case, CHANGE, worked_on, actor="import", at=_after(case, now))
    if row.declared_at is not None and case.steps[-1].holder != declared.holder:
        _declare(case, row)


def _after(case: Case, now: datetime) -> datetime:
    """Return an instant that restates nothing of what is stored."""
    return max(now, *(step.at for step in case.steps)) + timedelta(microseconds=1)


def _describe(case: Case, row: CaseRow, *, over: bool = False) -> None:
    case.content_hash, case.grid_code, case.flags = row.content_hash, row.grid, row.flags
    case.category, case.detail = row.category, row.detail
    case.place, case.text = row.place or case.place or "", row.text or case.text or ""
    if over:
        return
    case.due_at = row.due_at or case.due_at
    case.declared_at = row.declared_at
    standing = _standings(row)[row.declared_at is not None]
    case.state, case.holder = standing.state, standing.holder
    case.keeper = lifecycle.department(row.department)


def _standings(row: CaseRow) -> tuple[Standing, Standing]:
    """Return where the case stands before and after its department declares it solved."""
    holder = lifecycle.department(row.department)
    opened = lifecycle.next_state(None, "open", hand=Hand("import"), to=holder)
    return opened, lifecycle.next_state(opened.state, "declare", hand=Hand(holder, holder))


def _declare(case: Case, row: CaseRow) -> None:
    if row.declared_at is not None:
        by = lifecycle.department(row.department)
        # What the file dates before a step that is stored restates it; else it follows.
        restates = any(step.at > row.declared_at for step in case.steps)
        event = CHANGE if restates else "declare"
        _step(case, event, _standings(row)[1], actor=by, at=row.declared_at)


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
