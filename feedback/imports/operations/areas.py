"""The area tree from a file: areas are added, renamed and moved by code; what the file lacks stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.areas.operations import changes
from feedback.areas.rules import Decision, Revision
from feedback.imports.operations import cells, runs
from feedback.imports.operations.cells import WrongCell
from feedback.imports.operations.known_areas import KnownAreas
from feedback.models import Area
from huying.base.i18n import _
from huying.base.personal_numbers import quoted
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change
from huying.store.areas import LEVEL_NAMES, LEVELS

CODE = Column("code", "编号", also=("区域编号", "code"), kind="code", example="G0101")
PARENT = Column("parent", "上级编号", also=("上级", "所属编号", "parent"), kind="code", example="M01")
LEVEL = Column("level", "层级", also=("区域层级", "level"), example="网格")
NAME = Column("name", "名称", also=("区域名称", "name"), example="第1网格")
TYPE = Column("grid_type", "网格类型", also=("类型", "grid_type"), example="老旧小区")
HOUSEHOLDS = Column(
    "households", "户数", also=("住户数", "households"), kind="number", required=False, aside=True
)
LAYOUT = Layout(title="区域", columns=(CODE, PARENT, LEVEL, NAME, TYPE, HOUSEHOLDS), name="areas")
MOST_HOUSEHOLDS = 100_000
LEVEL_CODES = {name.message: code for code, name in LEVEL_NAMES.items()} | {code: code for code in LEVELS}


@dataclass(frozen=True, slots=True)
class WantedArea:
    """An area as a row of the file has it."""

    line: int
    code: str
    parent_code: str | None
    level: str
    name: str
    grid_type: str
    households: int | None = None
    """How many households a grid has; None where the file doesn't say, and what is known stays."""


def draft(session: Session, table: Table, *, known_areas: KnownAreas, by: str, now: datetime) -> runs.Draft:
    """Return what the file's areas would change."""
    faults = Faults()
    known = {area.code: area for area in session.scalars(select(Area))}
    wanted = _read(table, known, faults=faults)
    _check_tree(wanted, known_areas, faults=faults)
    fates = [_change(area, known.get(area.code)) for area in wanted.values()]
    return runs.Draft(
        runs.plan(table, known=len(known), fates=fates, faults=faults),
        partial(_put, session, list(wanted.values()), known, by=by, now=now),
    )


def _read(table: Table, known: Mapping[str, Area], *, faults: Faults) -> dict[str, WantedArea]:
    wanted: dict[str, WantedArea] = {}
    for row, area in cells.parsed(table, _area, faults=faults):
        stored = known.get(area.code)
        if area.code in wanted:
            faults.add(row.line, _("编号“%(code)s”在文件里重复了。", code=area.code), CODE.heading)
        elif stored is not None and stored.level != area.level:
            reason = _("编号“%(code)s”已经是另一层级，不能改。", code=area.code)
            faults.add(row.line, reason, LEVEL.heading)
        elif stored is not None and stored.retired_at is not None:
            faults.add(row.line, _("编号“%(code)s”的网格已经撤销，不能再用。", code=area.code), CODE.heading)
        elif stored is not None and stored.parent_code and not area.parent_code:
            faults.add(row.line, _("请填写%(what)s。", what=PARENT.heading), PARENT.heading)
        else:
            wanted[area.code] = area
    return wanted


def _area(row: Row) -> WantedArea:
    level = LEVEL_CODES.get(row["level"])
    if level is None:
        listed = "、".join(map(str, LEVEL_NAMES.values()))
        raise WrongCell(
            LEVEL,
            _(
                "层级“%(level)s”不对，应为%(listed)s之一。",
                level=quoted(row["level"], longest=40),
                listed=listed,
            ),
        )
    if row["grid_type"] and level != "grid":
        raise WrongCell(TYPE, _("只有网格才有网格类型。"))
    if row["households"] and level != "grid":
        raise WrongCell(HOUSEHOLDS, _("只有网格才填户数。"))
    return WantedArea(
        line=row.line,
        code=cells.code(row, CODE),
        parent_code=cells.code(row, PARENT) if row["parent"] else None,
        level=level,
        name=cells.label(row, NAME, longest=80),
        grid_type=cells.optional_label(row, TYPE, longest=32),
        households=_households(row),
    )


def _households(row: Row) -> int | None:
    if not row["households"]:
        return None
    return cells.whole_number(row, HOUSEHOLDS, least=0, most=MOST_HOUSEHOLDS)


def _check_tree(wanted: Mapping[str, WantedArea], known_areas: KnownAreas, *, faults: Faults) -> None:
    """Each area lies in one of a higher level, so the tree has no rings; and within the importer's part."""
    to_be = KnownAreas({**known_areas.areas, **wanted}, known_areas.top)
    for area in wanted.values():
        reason = _misplaced(area, to_be)
        if not reason and not (to_be.inside(area.code) and _was_inside(area, known_areas)):
            reason = _("“%(code)s”不归您管。", code=area.code)
        if reason:
            faults.add(area.line, reason, PARENT.heading)


def _misplaced(area: WantedArea, to_be: KnownAreas) -> str:
    above = to_be.areas.get(area.parent_code or "")
    if area.parent_code and above is None:
        return _("上级编号“%(parent)s”不存在。", parent=area.parent_code)
    if above is None:
        return _("网格要有上级编号。") if area.level == "grid" else ""
    if LEVELS.index(above.level) < LEVELS.index(area.level):
        return ""
    level, higher = LEVEL_NAMES[area.level], LEVEL_NAMES[above.level]
    return _("%(level)s的上级不能是%(higher)s。", level=level, higher=higher)


def _was_inside(area: WantedArea, known_areas: KnownAreas) -> bool:
    return area.code not in known_areas.areas or known_areas.inside(area.code)


def _change(wanted: WantedArea, known: Area | None) -> Change | None:
    if known is None:
        return Change("new", wanted.code, wanted.line, wanted.name)
    moved = known.parent_code != wanted.parent_code
    told = [
        _("%(what)s：%(before)s → %(after)s", what=heading, before=before or "—", after=after or "—")
        for heading, before, after in (
            (PARENT.heading, known.parent_code, wanted.parent_code),
            (NAME.heading, known.name, wanted.name),
            (TYPE.heading, known.grid_type, wanted.grid_type),
            (HOUSEHOLDS.heading, known.households, _now_households(wanted, known)),
        )
        if before != after
    ]
    return (
        Change("moved" if moved else "changed", wanted.code, wanted.line, "；".join(told)) if told else None
    )


def _now_households(wanted: WantedArea, known: Area) -> int | None:
    return known.households if wanted.households is None else wanted.households


def _put(
    session: Session, wanted: Sequence[WantedArea], known: Mapping[str, Area], *, by: str, now: datetime
) -> None:
    """Add what is new first: what moves may move there."""
    new = [area for area in wanted if area.code not in known]
    session.add_all(
        Area(code=area.code, level=area.level, households=area.households, **_described(area)) for area in new
    )
    session.flush()
    for area in wanted:
        stored = known.get(area.code)
        if stored is not None and _change(area, stored) is not None:
            revision = Revision(**_described(area))
            revised = changes.revise(session, area.code, revision, Decision(by, _("文件导入"), now))
            revised.households = _now_households(area, revised)


def _described(wanted: WantedArea) -> dict[str, str | None]:
    return {"parent_code": wanted.parent_code, "name": wanted.name, "grid_type": wanted.grid_type}
