"""Departments from a file: added and renamed by code; what the file lacks stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.imports.operations import cells, runs
from feedback.imports.operations.cells import WrongCell
from feedback.imports.operations.known_areas import KnownAreas
from feedback.models import Department
from feedback.roles import OFFICES
from huying.base.i18n import _
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

CODE = Column("code", "编号", also=("部门编号", "code"), kind="code", example="water")
NAME = Column("name", "名称", also=("部门名称", "部门", "name"), example="水务局")
LAYOUT = Layout(title="部门", columns=(CODE, NAME), name="departments")


@dataclass(frozen=True, slots=True)
class WantedDepartment:
    """A department as a row of the file has it."""

    code: str
    name: str


def draft(session: Session, table: Table, *, known_areas: KnownAreas) -> runs.Draft:
    """Return what the file's departments would change. They serve the whole city, not a part of it."""
    ordinary = select(Department).where(Department.code.not_in(OFFICES))
    known = {department.code: department for department in session.scalars(ordinary)}
    faults = Faults()
    wanted: dict[str, WantedDepartment] = {}
    fates = []
    for row, each in cells.parsed(table, partial(_read, known_areas=known_areas), faults=faults):
        if each.code in wanted:
            faults.add(row.line, _("编号“%(code)s”在文件里重复了。", code=each.code), CODE.heading)
        wanted[each.code] = each
        fates.append(_change(row.line, each, known.get(each.code)))
    plan = runs.plan(table, known=len(known), fates=fates, faults=faults)
    return runs.Draft(plan, partial(_put, session, wanted, known))


def _read(row: Row, *, known_areas: KnownAreas) -> WantedDepartment:
    if known_areas.top is not None:
        raise WrongCell(CODE, _("部门由全市的网格办或管理员导入。"))
    if cells.code(row, CODE) in OFFICES:
        raise WrongCell(CODE, _("这个编号留给协调、兜底和清单管理单位，请另选。"))
    return WantedDepartment(cells.code(row, CODE), cells.label(row, NAME, longest=80))


def _change(line: int, wanted: WantedDepartment, known: Department | None) -> Change | None:
    if known is None:
        return Change("new", wanted.code, line, wanted.name)
    if known.name == wanted.name:
        return None
    told = _("%(what)s：%(before)s → %(after)s", what=NAME.heading, before=known.name, after=wanted.name)
    return Change("changed", wanted.code, line, told)


def _put(session: Session, wanted: Mapping[str, WantedDepartment], known: Mapping[str, Department]) -> None:
    for each in wanted.values():
        if each.code in known:
            known[each.code].name = each.name
        else:
            session.add(Department(code=each.code, name=each.name))
