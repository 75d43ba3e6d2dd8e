"""Which households a wave may draw from: where they live, what kind of grid, and who was called of late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.exclude import Excluded
from survey.models import OF_REGISTRY, Area, FrameUnit, Household, Post, SampledCase, Wave
from survey.waves.rules.frame_scope import EVERYBODY, FrameScope


def counts(session: Session, scope: FrameScope = EVERYBODY) -> Mapping[str, int]:
    """Return the eligible households of every grid that has one, by the grid's code in order."""
    rows = select(Household.grid_code, func.count()).where(Household.code.in_(households(session, scope)))
    return dict(session.execute(rows.group_by(Household.grid_code).order_by(Household.grid_code)).all())


def households(session: Session, scope: FrameScope) -> Select[str]:
    """Return the query of the eligible households' codes."""
    found = select(Household.code).where(Household.left_at.is_(None))
    if scope.areas or scope.types:
        found = found.where(Household.grid_code.in_(grids(session, scope)))
    if waves := rested(session, scope):
        called = select(FrameUnit.household_code).join(SampledCase, SampledCase.unit == FrameUnit.unit)
        found = found.where(Household.code.not_in(called.where(FrameUnit.wave_label.in_(waves))))
    return found


def grids(session: Session, scope: FrameScope) -> Sequence[str]:
    """Return the grids of the scope; raise Invalid for an area that isn't there."""
    rows = session.execute(select(Area.code, Area.parent_code, Area.level, Area.grid_type)).all()
    above = {code: parent for code, parent, _level, _kind in rows}
    if unknown := sorted(scope.areas - above.keys()):
        raise Invalid(_("没有 %(code)s 这个区域。", code=unknown[0]))
    return sorted(
        code
        for code, _parent, level, kind in rows
        if level == "grid"
        and (not scope.types or kind in scope.types)
        and (not scope.areas or not scope.areas.isdisjoint(line(code, above)))
    )


def line(code: str, above: Mapping[str, str | None]) -> Sequence[str]:
    """Return the area and all that it lies in; `above` says of each area what it lies in."""
    found: list[str] = []
    at: str | None = code
    while at is not None and at not in found:
        found.append(at)
        at = above.get(at)
    return found


def rested(session: Session, scope: FrameScope) -> Sequence[str]:
    """Return the last finished waves whose called households rest, in the order of their names."""
    over = select(Wave.label).where(OF_REGISTRY, Wave.state == "closed").order_by(Wave.first_entry.desc())
    return sorted(session.scalars(over.limit(scope.rest))) if scope.rest else ()


def excluded(session: Session, waves: Sequence[str]) -> Sequence[Excluded]:
    """Return the called units of these waves, each under its wave's own code."""
    called = select(FrameUnit.unit, FrameUnit.wave_label).join(
        SampledCase, SampledCase.unit == FrameUnit.unit
    )
    return [Excluded(*row) for row in session.execute(called.where(FrameUnit.wave_label.in_(waves)))]


def levels(session: Session, held: Mapping[str, int]) -> Mapping[str, int]:
    """Return how many parts each level has among the grids that hold households."""
    rows = session.execute(select(Area.code, Area.parent_code, Area.level, Area.grid_type)).all()
    above = {code: parent for code, parent, _level, _kind in rows}
    level_of = {code: level for code, _parent, level, _kind in rows}
    streets = {code for grid in held for code in line(grid, above) if level_of.get(code) == "street"}
    types = {kind for code, _parent, _level, kind in rows if code in held and kind}
    workers = session.scalar(select(func.count(Post.staff_code.distinct())).where(Post.valid_to.is_(None)))
    found = {"city": 1, "street": len(streets), "type": len(types), "worker": workers or 0, "grid": len(held)}
    return {level: parts for level, parts in found.items() if parts > 1 or level == "city"}
