"""Powers in force, and which department answers for what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from feedback.models import Area, Power, Remit
from feedback.remit.rules import SEED, PowerLine
from huying.ledger import canonical


def of_type(session: Session, grid_type: str, *, at: datetime) -> Sequence[PowerLine]:
    """Return the list of a kind of grid at an instant: its own, else the one for all kinds, else the seed."""
    rows = session.scalars(in_force(at).where(Power.grid_type.in_({grid_type, ""}))).all()
    own = [row for row in rows if row.grid_type == grid_type]
    chosen = own or list(rows)
    return [PowerLine(row.kind, row.text, row.instead, row.number) for row in chosen] or SEED


def listed(session: Session, *, at: datetime) -> list[Power]:
    """Return all lines in force, by kind of grid."""
    return list(
        session.scalars(in_force(at).order_by(None).order_by(Power.grid_type, Power.position, Power.id))
    )


def kinds_of_grid(session: Session) -> list[str]:
    """Return the kinds of grid that there are, in order."""
    kinds = session.scalars(select(Area.grid_type).where(Area.level == "grid").distinct())
    return sorted(filter(None, kinds))


def in_force(at: datetime) -> Select[Power]:
    """Return the query of the lines that hold at an instant."""
    return (
        select(Power)
        .where(Power.valid_from <= at, or_(Power.valid_to.is_(None), Power.valid_to > at))
        .order_by(Power.kind, Power.position, Power.id)
    )


def responsible(session: Session, *, category: str, area_code: str, at: datetime) -> Remit | None:
    """Return what the remit says of a category in an area at `at`; the nearest area upward counts."""
    for area in _upward(session, area_code):
        found = session.scalar(_in_force(category, area.code, at=at))
        if found is not None:
            return found
    return None


def of_several(
    session: Session, wanted: Collection[tuple[str, str]], *, at: datetime
) -> dict[tuple[str, str], Remit]:
    """Return what the remit says of each category and area, as `responsible` does: in two statements."""
    if not wanted:
        return {}
    above = {area.code: area.parent_code for area in session.scalars(select(Area))}
    categories = {category for category, _area in wanted}
    rows = session.scalars(select(Remit).where(Remit.category.in_(categories), _holds(at)).order_by(Remit.id))
    by_area = {(row.category, row.area_code): row for row in rows}
    found = {}
    for category, area in wanted:
        code: str | None = area
        while code is not None and (category, code) not in by_area:
            code = above.get(code)
        if code is not None:
            found[category, area] = by_area[category, code]
    return found


def who_matters(session: Session, *, category: str, area_code: str | None, at: datetime) -> list[str]:
    """Return the codes of the departments that the remit names here: who leads, who supports, all others."""
    if area_code is None:
        return []
    found = responsible(session, category=category, area_code=area_code, at=at)
    first = [found.lead, *supporting(found)] if found else []
    codes = [area.code for area in _upward(session, area_code)]
    others = select(Remit.lead).where(Remit.area_code.in_(codes), _holds(at)).order_by(Remit.lead)
    return list(dict.fromkeys([*first, *session.scalars(others)]))


def whole(session: Session, *, at: datetime) -> list[Remit]:
    """Return the remit in force, by area and category."""
    return list(session.scalars(select(Remit).where(_holds(at)).order_by(Remit.area_code, Remit.category)))


def supporting(row: Remit) -> tuple[str, ...]:
    """Return the codes of the departments that support the one that leads."""
    listed: list[str] = canonical.load(row.supporting)
    return tuple(listed)


def _upward(session: Session, code: str) -> Iterator[Area]:
    """Yield an area and those above it."""
    area, seen = session.get(Area, code), set[str]()
    while area is not None and area.code not in seen:
        seen.add(area.code)
        yield area
        area = session.get(Area, area.parent_code) if area.parent_code else None


def _holds(at: datetime) -> ColumnElement[bool]:
    return (Remit.valid_from <= at) & or_(Remit.valid_to.is_(None), Remit.valid_to > at)


def _in_force(category: str, area_code: str, *, at: datetime) -> Select[Remit]:
    return select(Remit).where(Remit.category == category, Remit.area_code == area_code, _holds(at))
