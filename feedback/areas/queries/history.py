"""What the map was at an instant, and what became of an area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Area, AreaChange, AreaPast
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _


@dataclass(frozen=True, slots=True)
class AreaThen:
    """An area as it was at an instant; `live` unless it had been dissolved by then."""

    code: str
    parent_code: str | None
    level: str
    name: str
    grid_type: str
    live: bool


def tree_at(session: Session, at: datetime) -> dict[str, AreaThen]:
    """Return every area that existed at `at` or before, by code, as it was then."""
    was: dict[str, AreaPast] = {}
    later = select(AreaPast).where(AreaPast.until > at).order_by(AreaPast.until.desc(), AreaPast.id.desc())
    for past in session.scalars(later):
        was[past.code] = past  # the earliest that ended later is what held then
    areas = session.scalars(select(Area).order_by(Area.code))
    return {
        area.code: _place(area, was.get(area.code, area), at=at)
        for area in areas
        if area.begun_at is None or area.begun_at <= at
    }


def _place(area: Area, then: Area | AreaPast, *, at: datetime) -> AreaThen:
    live = area.retired_at is None or area.retired_at > at
    return AreaThen(area.code, then.parent_code, area.level, then.name, then.grid_type, live)


def live_grid(session: Session, code: str) -> Area:
    """Return a grid that is in use; raise NotFound, or Conflict where it was dissolved."""
    area = session.get(Area, code, with_for_update=True, populate_existing=True)
    if area is None or area.level != "grid":
        raise NotFound(_("没有编号为 %(grid_code)s 的网格。", grid_code=code))
    if area.retired_at is not None:
        raise Conflict(_("网格 %(grid_code)s 已经撤并，不能再用。", grid_code=code))
    return area


def changes_of(session: Session, code: str) -> list[AreaChange]:
    """Return the changes that an area took part in, the latest first."""
    every = session.scalars(select(AreaChange).order_by(AreaChange.at.desc(), AreaChange.id.desc()))
    return [change for change in every if code in (*change.before.split(), *change.after.split())]
