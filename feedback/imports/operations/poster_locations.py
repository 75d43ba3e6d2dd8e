"""Posters from a file: one for each location in a grid; a location that has one keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.imports.operations import cells, runs
from feedback.imports.operations.known_areas import KnownAreas
from feedback.imports.operations.scope import ImportScope
from feedback.models import Poster
from feedback.posters.operations import posters
from huying.base.i18n import _
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

GRID = Column("grid", "网格编号", also=("网格", "所属网格", "grid"), kind="code", example="G001")
LOCATION = Column(
    "place", "张贴地点", also=("地点", "位置", "张贴位置", "place"), example="3号楼大厅", longest=80
)
LAYOUT = Layout(title="海报张贴点", columns=(GRID, LOCATION), name="posters")


@dataclass(frozen=True, slots=True)
class WantedPoster:
    """A location that is to have a poster."""

    line: int
    grid: str
    location: str


def draft(session: Session, table: Table, *, known_areas: KnownAreas, scope: ImportScope) -> runs.Draft:
    """Return which posters the file would issue; a location is known by its grid and its words."""
    in_use = select(Poster.grid_code, Poster.place).where(Poster.retired_at.is_(None))
    known = {(grid, location) for grid, location in session.execute(in_use)}
    faults = Faults()
    wanted: dict[tuple[str, str], WantedPoster] = {}
    for row, each in cells.parsed(table, partial(_wanted, known_areas=known_areas), faults=faults):
        if (each.grid, each.location) in wanted:
            faults.add(row.line, _("同一网格的同一地点在文件里重复了。"), LOCATION.heading)
        wanted[each.grid, each.location] = each
    new = [each for key, each in wanted.items() if key not in known]
    fates = [_change(each) if each in new else None for each in wanted.values()]
    plan = runs.plan(table, known=len(known), fates=fates, faults=faults)
    return runs.Draft(plan, partial(_put, session, new, scope=scope))


def _wanted(row: Row, *, known_areas: KnownAreas) -> WantedPoster:
    return WantedPoster(row.line, known_areas.grid(row, GRID), cells.label(row, LOCATION, longest=80))


def _change(wanted: WantedPoster) -> Change:
    return Change("new", wanted.grid, wanted.line, wanted.location)


def _put(session: Session, wanted: Sequence[WantedPoster], *, scope: ImportScope) -> None:
    for each in wanted:
        posters.issue(session, grid_code=each.grid, location=each.location, now=scope.now)
