"""Which rows of a release are asked for, a page of them at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.scores.rules.pipeline import CITY
from survey.scores.rules.release import ScoreRow

T = TypeVar("T")

USUAL, MOST = 200, 1000
"""Rows of a page."""
Parents = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Which rows are asked for: each part that isn't None has to fit. `parent` is an area that lies above."""

    level: str | None = None
    parent: str | None = None
    type: str | None = None
    item: str | None = None
    denominator: str | None = None
    unit: str | None = None

    def fits(self, row: ScoreRow) -> bool:
        """Whether a row is among those asked for; `parent` is seen to elsewhere."""
        return (
            self.level in {None, row.level}
            and self.item in {None, row.item}
            and self.denominator in {None, row.den}
            and self.unit in {None, row.unit}
            and self.type in {None, row.type}
        )


@dataclass(frozen=True, slots=True)
class AreaEntry:
    """An area of a release, and the nearest one above it there; None above the city."""

    unit: str
    name: str
    level: str
    type: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """A page of what was found: its number, of how many, and how many there are in all."""

    rows: Sequence[T]
    total: int
    page: int
    pages: int
    per_page: int


def readable(rows: Iterable[ScoreRow], levels: Collection[str]) -> list[ScoreRow]:
    """Return the rows of these levels."""
    return [row for row in rows if row.level in levels]


def select(rows: Sequence[ScoreRow], asked: ScoreFilter, parents: Parents) -> list[ScoreRow]:
    """Return the rows that are asked for, in the order of the release.

    Raises NotFound for an area or a type that none of the rows is of.
    """
    _check_known(rows, asked)
    found = [row for row in rows if asked.fits(row)]
    if asked.parent is None:
        return found
    inside = _inside(rows, asked.parent, parents)
    return [row for row in found if row.unit in inside]


def areas(rows: Sequence[ScoreRow], parents: Parents) -> list[AreaEntry]:
    """Return the areas of the rows, in the order of the release."""
    known = {row.unit: row for row in rows}
    top = next((row.unit for row in rows if row.level == CITY), None)
    return [
        AreaEntry(row.unit, row.name, row.level, row.type, _parent(row, known, top, parents))
        for row in known.values()
    ]


def leaf(found: Sequence[T], *, page: int, per_page: int) -> Leaf[T]:
    """Return a page; raise NotFound past the last one, which is the first where nothing was found."""
    pages = max(1, -(-len(found) // per_page))
    if page > pages:
        raise NotFound(_("没有第 %(page)s 页，一共 %(pages)s 页。", page=page, pages=pages))
    return Leaf(found[(page - 1) * per_page : page * per_page], len(found), page, pages, per_page)


def _check_known(rows: Sequence[ScoreRow], asked: ScoreFilter) -> None:
    for code in (asked.unit, asked.parent):
        if code is not None and all(row.unit != code for row in rows):
            raise NotFound(_("这次公布里没有这个区域，或者这个令牌不能读它。"))
    if asked.type is not None and all(row.type != asked.type for row in rows):
        raise NotFound(_("这次公布里没有这个网格类型，或者这个令牌不能读它。"))


def _inside(rows: Sequence[ScoreRow], parent: str, parents: Parents) -> set[str]:
    level = next(row.level for row in rows if row.unit == parent)
    units = {row.unit for row in rows} - {parent}
    # The city may bear a code that stands for the whole and isn't on the map.
    return units if level == CITY else {unit for unit in units if parent in _above(unit, parents)}


def _above(unit: str, parents: Parents) -> list[str]:
    found: list[str] = []
    code = parents.get(unit)
    while code is not None and code not in (unit, *found):
        found.append(code)
        code = parents.get(code)
    return found


def _parent(row: ScoreRow, known: Mapping[str, ScoreRow], top: str | None, parents: Parents) -> str | None:
    if row.level == CITY:
        return None
    return next((code for code in _above(row.unit, parents) if code in known), top)
