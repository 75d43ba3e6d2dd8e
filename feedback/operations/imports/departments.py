"""Departments from a CSV file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Department
from feedback.operations.imports import csv_table, runs
from feedback.operations.imports.csv_table import Faults, Row
from huying.errors import Invalid

COLUMNS = {"编号": "code", "名称": "name"}


def import_departments(session: Session, data: bytes, *, now: datetime) -> runs.Counts:
    """Add departments and change their names; raise Invalid with line and reason."""
    faults = Faults()
    rows = csv_table.named(COLUMNS, data, faults=faults)
    known = {department.code: department for department in session.scalars(select(Department))}
    wanted = _read(rows, faults=faults)
    faults.check()
    fates = [_put(session, code, name, known.get(code)) for code, name in wanted.items()]
    session.flush()
    return runs.settle(session, "departments", data, read=len(rows), fates=fates, now=now)


def _read(rows: list[Row], *, faults: Faults) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for row in rows:
        try:
            code = csv_table.code(row["code"], what="编号")
            name = csv_table.label(row["name"], what="名称", longest=80)
        except Invalid as fault:
            faults.add(row.line, fault.message)
            continue
        if code in wanted:
            faults.add(row.line, f"编号“{code}”在文件里重复了。")
        wanted[code] = name
    return wanted


def _put(session: Session, code: str, name: str, known: Department | None) -> runs.Fate:
    if known is None:
        session.add(Department(code=code, name=name))
        return "created"
    if known.name == name:
        return "unchanged"
    known.name = name
    return "changed"
