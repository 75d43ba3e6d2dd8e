"""The area tree from a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Area
from feedback.operations.imports import csv_table, runs
from feedback.operations.imports.csv_table import Faults, Row
from huying.areas import LEVEL_NAMES, LEVELS
from huying.errors import Invalid

COLUMNS = {"编号": "code", "上级编号": "parent", "层级": "level", "名称": "name", "网格类型": "grid_type"}
LEVEL_CODES = {name.message: code for code, name in LEVEL_NAMES.items()} | {code: code for code in LEVELS}


def import_areas(session: Session, data: bytes, *, now: datetime) -> runs.Counts:
    """Add and change areas; those that the file lacks stay. Raise Invalid with line and reason."""
    faults = Faults()
    rows = csv_table.named(COLUMNS, data, faults=faults)
    known = {area.code: area for area in session.scalars(select(Area))}
    wanted = _read(rows, known, faults=faults)
    _check_tree(rows, {**known, **wanted}, faults=faults)
    faults.check()
    fates = [_put(session, area, known.get(area.code)) for area in wanted.values()]
    session.flush()
    return runs.settle(session, "areas", data, read=len(rows), fates=fates, now=now)


def _read(rows: list[Row], known: Mapping[str, Area], *, faults: Faults) -> dict[str, Area]:
    wanted: dict[str, Area] = {}
    for row in rows:
        try:
            area = _area(row)
        except Invalid as fault:
            faults.add(row.line, fault.message)
            continue
        if area.code in wanted:
            faults.add(row.line, f"编号“{area.code}”在文件里重复了。")
        elif area.code in known and known[area.code].level != area.level:
            faults.add(row.line, f"编号“{area.code}”已经是另一层级，不能改。")
        else:
            wanted[area.code] = area
    return wanted


def _area(row: Row) -> Area:
    level = LEVEL_CODES.get(row["level"])
    if level is None:
        raise Invalid(f"层级“{row['level']}”不对，应为{'、'.join(map(str, LEVEL_NAMES.values()))}之一。")
    if row["grid_type"] and level != "grid":
        raise Invalid("只有网格才有网格类型。")
    return Area(
        code=csv_table.code(row["code"], what="编号"),
        parent_code=row["parent"] or None,
        level=level,
        name=csv_table.label(row["name"], what="名称", longest=80),
        grid_type=csv_table.label(row["grid_type"], what="网格类型", longest=32) if row["grid_type"] else "",
    )


def _check_tree(rows: list[Row], areas: Mapping[str, Area], *, faults: Faults) -> None:
    """Each area lies in one of a higher level, so the tree has no rings."""
    for row in rows:
        area = areas.get(row["code"])
        if area is None:
            continue
        above = areas.get(area.parent_code or "")
        if area.parent_code and above is None:
            faults.add(row.line, f"上级编号“{area.parent_code}”不存在。")
        elif above is None and area.level == "grid":
            faults.add(row.line, "网格要有上级编号。")
        elif above is not None and LEVELS.index(above.level) >= LEVELS.index(area.level):
            faults.add(row.line, f"{LEVEL_NAMES[area.level]}的上级不能是{LEVEL_NAMES[above.level]}。")


def _put(session: Session, area: Area, known: Area | None) -> runs.Fate:
    if known is None:
        session.add(area)
        return "created"
    new = {"parent_code": area.parent_code, "name": area.name, "grid_type": area.grid_type}
    if all(getattr(known, name) == value for name, value in new.items()):
        return "unchanged"
    for name, value in new.items():
        setattr(known, name, value)
    return "changed"
