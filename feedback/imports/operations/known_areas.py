"""The areas that an import may speak of: those that exist, within the importer's own part of the city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.imports.operations.cells import WrongCell
from feedback.models import Area
from huying.base.i18n import _
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


@dataclass(frozen=True, slots=True)
class KnownAreas:
    """All areas by code, and the area `top` beyond which the importer has no say; None is the whole city."""

    areas: Mapping[str, Spot]
    top: str | None = None

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
        """Return the code of a grid that a cell names."""
        area = self.areas.get(row[column.name])
        if area is None or area.level != "grid":
            raise WrongCell(column, _("没有编号为“%(code)s”的网格。", code=row[column.name][:40]))
        return self._own(area, column)

    def area(self, row: Row, column: Column) -> str:
        """Return the code of an area that a cell names."""
        area = self.areas.get(row[column.name])
        if area is None:
            raise WrongCell(column, _("没有编号为“%(code)s”的区域。", code=row[column.name][:40]))
        return self._own(area, column)

    def _own(self, area: Spot, column: Column) -> str:
        if not self.inside(area.code):
            raise WrongCell(column, _("“%(code)s”不归您管。", code=area.code))
        return area.code


def load(session: Session, *, within: str | None = None) -> KnownAreas:
    """Return all areas that weren't given up, and which part of them the importer answers for."""
    live = select(Area).where(Area.retired_at.is_(None))
    return KnownAreas({area.code: area for area in session.scalars(live)}, within)
