"""The areas that an import may speak of: those that exist, within the importer's own part of the city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.imports.operations.cells import WrongCell
from feedback.models import Area
from huying.base import register_codes
from huying.base.area_names import AreaNames, no_grid
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import quoted
from huying.sheets import Column, Row


class Spot(Protocol):
    """An area, stored or only wanted."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def parent_code(self) -> str | None:
        """The code of the area above."""

    @property
    def level(self) -> str:
        """A level of `huying.store.areas.LEVELS`."""

    @property
    def name(self) -> str:
        """Its name."""


@dataclass(frozen=True, slots=True)
class KnownAreas:
    """All areas by code, and the area `top` beyond which the importer has no say; None is the whole city."""

    areas: Mapping[str, Spot]
    top: str | None = None
    named: dict[str, AreaNames] = field(default_factory=dict, compare=False)
    """Areas of the importer's part of the city by code and name, made when first asked for."""

    def inside(self, code: str | None) -> bool:
        """Tell whether an area lies within the importer's part of the city."""
        seen: set[str] = set()
        while self.top is not None and code != self.top:
            area = self.areas.get(code or "")
            if area is None or area.code in seen:
                return False
            seen.add(area.code)
            code = area.parent_code
        return True

    def grid(self, row: Row, column: Column) -> str:
        """Return the code of a grid that a cell names by its code, or by a name that no other has."""
        return self._find(row, column, level="grid", unknown=no_grid)

    def area(self, row: Row, column: Column) -> str:
        """Return the code of an area that a cell names by its code, or by a name that no other has."""
        return self._find(row, column, level="", unknown=_no_area)

    def _find(self, row: Row, column: Column, *, level: str, unknown: Callable[[str], str]) -> str:
        text = register_codes.unwrapped(row[column.name])
        area = self.areas.get(text)
        if area is None or level not in {"", area.level}:
            try:
                area = self.areas[self._known(level).code(text, unknown=unknown(text))]
            except Invalid as fault:
                raise WrongCell(column, fault.message) from None
        return self._own(area, column)

    def _known(self, level: str) -> AreaNames:
        if level not in self.named:
            self.named[level] = AreaNames.of(
                (area.code, area.name)
                for area in self.areas.values()
                if level in {"", area.level} and self.inside(area.code)
            )
        return self.named[level]

    def _own(self, area: Spot, column: Column) -> str:
        if not self.inside(area.code):
            raise WrongCell(column, _("“%(code)s”不归您管。", code=area.code))
        return area.code


def _no_area(text: str) -> str:
    return _("没有编号为“%(code)s”的区域。", code=quoted(text, longest=40))


def load(session: Session, *, within: str | None = None) -> KnownAreas:
    """Return all areas that weren't given up, and which part of them the importer answers for."""
    live = select(Area).where(Area.retired_at.is_(None))
    return KnownAreas({area.code: area for area in session.scalars(live)}, within)
