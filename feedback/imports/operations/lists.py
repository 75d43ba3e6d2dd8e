"""Workers' respondent lists from a file that names the worker of each row: handed in as they are, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.imports.operations import cells, runs
from feedback.imports.operations.cells import WrongCell
from feedback.imports.operations.known_areas import KnownAreas
from feedback.imports.operations.scope import ImportScope
from feedback.models import Worker, WorkerList
from feedback.worker.operations import lists
from huying.base import phones
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

STAFF = Column("staff", "工号", also=("网格员工号", "staff"), kind="code", example="W0001")
PHONE = Column(
    "phone", "电话", also=("手机", "联系电话", "户主电话", "phone"), kind="phone", example="13800138000"
)
ADDRESS = Column("address", "地址", also=("住址", "address"), example="和平里3号楼201")
LAYOUT = Layout(title="受访名单", columns=(STAFF, PHONE, ADDRESS), name="lists")
PURPOSE = "list"


@dataclass(frozen=True, slots=True)
class Listed:
    """A household on a worker's list; the number in E.164."""

    line: int
    staff: str
    number: str
    address: str


def draft(session: Session, table: Table, *, known_areas: KnownAreas, scope: ImportScope) -> runs.Draft:
    """Return which of the file's lists are new; a list that was handed in as it is stays one list."""
    faults = Faults()
    workers = {worker.code: worker.area_code for worker in session.scalars(select(Worker))}
    parse = partial(_listed, workers=workers, known_areas=known_areas, scope=scope)
    by_worker: dict[str, list[Listed]] = {}
    first: dict[tuple[str, str], int] = {}
    for row, each in cells.parsed(table, parse, faults=faults):
        line = first.setdefault((each.staff, each.number), row.line)
        if line != row.line:
            faults.add(row.line, _("电话和第 %(line)s 行相同。", line=line), PHONE.heading)
        by_worker.setdefault(each.staff, []).append(each)
    handed_in = set(session.scalars(select(WorkerList.once).where(WorkerList.once.is_not(None))))
    marks = {staff: mark(own, vault=scope.vault) for staff, own in by_worker.items()}
    fresh = {staff: own for staff, own in by_worker.items() if marks[staff] not in handed_in}
    fates = [_change(each, fresh) for own in by_worker.values() for each in own]
    plan = runs.plan(table, known=0, fates=fates, faults=faults)
    return runs.Draft(plan, partial(_put, session, fresh, marks=marks, scope=scope))


def mark(listed: list[Listed], *, vault: Vault) -> str:
    """Return what tells a worker's list from another: keyed, so that nobody can try out what it holds."""
    rows = [f"{each.number}\t{each.address}" for each in listed]
    return vault.index("\n".join([listed[0].staff, *rows]), purpose=PURPOSE).hex()


def _listed(row: Row, *, workers: Mapping[str, str], known_areas: KnownAreas, scope: ImportScope) -> Listed:
    staff = cells.code(row, STAFF)
    if staff not in workers:
        raise WrongCell(STAFF, _("没有工号为“%(code)s”的网格员。", code=staff))
    if not known_areas.inside(workers[staff]):
        raise WrongCell(STAFF, _("“%(code)s”不归您管。", code=staff))
    number = cells.number(row, PHONE, region=scope.region, allowed=scope.allowed)
    return Listed(row.line, staff, number, cells.label(row, ADDRESS, longest=lists.LONGEST_ADDRESS))


def _change(each: Listed, fresh: Mapping[str, object]) -> Change | None:
    if each.staff not in fresh:
        return None
    return Change("new", each.staff, each.line, phones.masked(each.number))


def _put(
    session: Session, fresh: Mapping[str, list[Listed]], *, marks: Mapping[str, str], scope: ImportScope
) -> None:
    for staff, own in fresh.items():
        lists.hand_in(
            session,
            worker_code=staff,
            rows=[(each.number, each.address) for each in own],
            vault=scope.vault,
            now=scope.now,
            once=marks[staff],
        )
