"""What can be imported from a file by people: each kind with its layout, and who may bring it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback.imports.operations import (
    areas,
    departments,
    known_areas,
    lists,
    offices,
    poster_locations,
    remit,
    roster,
    runs,
    staff,
)
from feedback.imports.operations.scope import ImportScope
from feedback.roles import ADMINISTRATOR, GRID_OFFICE, POSTER_KEEPER
from huying.base.errors import NotFound
from huying.base.i18n import Lazy, _, lazy
from huying.sheets import Layout, Table

Draft = Callable[[Session, Table, ImportScope], runs.Draft]
OFFICE = frozenset({GRID_OFFICE})
BOTH = frozenset({GRID_OFFICE, ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A kind of file: how it is laid out, what it brings, which roles may bring it, and how it is drafted."""

    name: str
    title: Lazy
    about: Lazy
    layout: Layout
    roles: frozenset[str]
    draft: Draft


def _areas(session: Session, table: Table, scope: ImportScope) -> runs.Draft:
    known = known_areas.load(session, within=scope.within)
    return areas.draft(session, table, known_areas=known, by=scope.by, now=scope.now)


def _placed(drafted: Callable[..., runs.Draft]) -> Draft:
    return lambda session, table, scope: drafted(
        session, table, known_areas=known_areas.load(session, within=scope.within)
    )


def _scoped(drafted: Callable[..., runs.Draft]) -> Draft:
    return lambda session, table, scope: drafted(
        session, table, known_areas=known_areas.load(session, within=scope.within), scope=scope
    )


KINDS = {
    kind.name: kind
    for kind in (
        ImportKind(
            "areas",
            lazy("区域和网格"),
            lazy("市、区、街道、社区、网格，按编号新增或更改；文件里没有的保持不变。"),
            areas.LAYOUT,
            BOTH,
            _areas,
        ),
        ImportKind(
            "departments",
            lazy("部门"),
            lazy("可以被吹哨的部门，按编号新增或改名；文件里没有的保持不变。"),
            departments.LAYOUT,
            BOTH,
            _placed(departments.draft),
        ),
        ImportKind(
            "staff",
            lazy("网格员名册"),
            lazy("一行是一个人负责一个网格的一段时间，连同电话；文件里没有的保持不变。"),
            staff.LAYOUT,
            OFFICE,
            _scoped(staff.draft),
        ),
        ImportKind(
            "offices",
            lazy("接听单位"),
            lazy("没有网格员时由谁接听，按区域和顺序新增或更改；文件里没有的保持不变。"),
            offices.LAYOUT,
            OFFICE,
            _scoped(offices.draft),
        ),
        ImportKind(
            "duty",
            lazy("排班"),
            lazy("一周或一段时间的排班。文件覆盖的时段以文件为准：还没开始而文件里没有的，会被撤销。"),
            roster.LAYOUT,
            OFFICE,
            _scoped(roster.draft),
        ),
        ImportKind(
            "remit",
            lazy("权责清单"),
            lazy("哪类事、在哪个区域、由哪个部门负责，从何时到何时。已经生效的只能写明失效日期，不能改写。"),
            remit.LAYOUT,
            OFFICE,
            _scoped(remit.draft),
        ),
        ImportKind(
            "lists",
            lazy("受访名单"),
            lazy("网格员交来的名单，加密后随交存文件交给独立测评方；这边谁也看不到。"),
            lists.LAYOUT,
            OFFICE,
            _scoped(lists.draft),
        ),
        ImportKind(
            "posters",
            lazy("海报张贴点"),
            lazy("一行是一个网格里的一个张贴点，各得一个新编号；已有海报的地点保持不变。"),
            poster_locations.LAYOUT,
            frozenset({POSTER_KEEPER}),
            _scoped(poster_locations.draft),
        ),
    )
}


def find(name: str) -> ImportKind:
    """Return a kind by its name."""
    if name not in KINDS:
        raise NotFound(_("没有这种导入。"))
    return KINDS[name]
