"""The desk over hundreds of grids: areas from the city down, searched, filtered, a page at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from huying.base.i18n import Lazy, lazy
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, OVERALL, RATED, STREET
from survey.scores.rules.release import ScoreRow

LEVEL_NAMES: Mapping[str, Lazy] = {
    CITY: lazy("全市"),
    STREET: lazy("街道"),
    COMMUNITY: lazy("社区"),
    GRID: lazy("网格"),
}
STANDINGS: Mapping[str, Lazy] = {
    "below_99.8": lazy("明显低于同类"),
    "below_95": lazy("低于同类"),
    "inside": lazy("和同类差不多"),
    "above_95": lazy("高于同类"),
    "above_99.8": lazy("明显高于同类"),
}
"""Where a grid lies in the funnel of its type: by how sure that is, never by how far."""
LOW, HIGH = ("below_99.8", "below_95"), ("above_95", "above_99.8")
A_PAGE = 60
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which areas are looked for: part of a name or code, a level, a type of grid, where in the funnel."""

    name: str = ""
    level: str = ""
    kind: str = ""
    standing: str = ""

    def fits(self, row: ScoreRow) -> bool:
        """Whether a row is among those looked for."""
        return (
            (not self.level or row.level == self.level)
            and (not self.kind or row.type == self.kind)
            and self._stands(row.position)
            and (not self.name or _plain(self.name) in _plain(f"{row.name} {row.unit}"))
        )

    def _stands(self, position: str | None) -> bool:
        wanted = {"low": LOW, "high": HIGH}.get(self.standing)
        return wanted is None or position in wanted


@dataclass(frozen=True, slots=True)
class AreaPage:
    """Some of the areas found, by code: which page of how many, and how many areas in all."""

    rows: Sequence[ScoreRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class AreaDesk:
    """A release by area: the overall row of each, what lies above it and what in it."""

    rows: Mapping[str, ScoreRow]
    parents: Mapping[str, str | None]
    parts: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, rows: Sequence[ScoreRow], parents: Mapping[str, str | None]) -> AreaDesk:
        """Return the desk of a release's rows; `parents` is the tree of areas as it was at the freeze."""
        known = {row.unit: row for row in rows if (row.item, row.den) == (OVERALL, RATED)}
        parts: dict[str, list[str]] = {}
        for code in sorted(known):
            above = _next_known(code, parents, known)
            if above is not None:
                parts.setdefault(above, []).append(code)
        return cls(known, parents, parts)

    def above(self, code: str) -> list[ScoreRow]:
        """Return the areas that an area lies in, the largest first."""
        found: list[ScoreRow] = []
        above = _next_known(code, self.parents, self.rows)
        while above is not None:
            found.insert(0, self.rows[above])
            above = _next_known(above, self.parents, self.rows)
        return found

    def inside(self, code: str, *, page: int) -> AreaPage:
        """Return the parts of an area, a page of them."""
        return _paged([self.rows[part] for part in self.parts.get(code, ())], page)

    def find(self, wanted: Wanted, *, page: int) -> AreaPage:
        """Return the areas that are looked for, a page of them."""
        order = tuple(LEVEL_NAMES)
        found = [row for row in self.rows.values() if wanted.fits(row)]
        return _paged(sorted(found, key=lambda row: (order.index(row.level), row.unit)), page)

    @property
    def kinds(self) -> list[str]:
        """The types of grid there are."""
        return sorted({row.type for row in self.rows.values() if row.level == GRID and row.type})


def _next_known(code: str, parents: Mapping[str, str | None], known: Mapping[str, ScoreRow]) -> str | None:
    """Return the nearest area above that the release has: a district without figures is passed by."""
    return next((above for above in _upward(code, parents) if above in known), None)


def _upward(code: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    above = parents.get(code)
    while above is not None:
        yield above
        above = parents.get(above)


def _paged(rows: Sequence[ScoreRow], page: int) -> AreaPage:
    pages = max(1, -(-len(rows) // A_PAGE))
    held = min(max(page, 1), pages)
    return AreaPage(rows[(held - 1) * A_PAGE : held * A_PAGE], len(rows), held, pages)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
