"""The map as a deposit tells it: what would change where households live waits for a registrar's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base import public_text
from huying.base.errors import Conflict, Forbidden, NotFound
from huying.base.i18n import _
from survey.models import Account, Area, Household, MapChange, Wave
from survey.roles import REGISTRAR

GRID = "grid"
RUNNING = ("frozen", "called", "drawn")

_Standing = tuple[str, str | None, str]
"""Level, parent and type of an area: what decides in which frame and beside which others its homes stand."""


def take_over(session: Session, areas: Iterable[Mapping[str, Any]], *, period: str, now: datetime) -> None:
    """Take over the tree of areas as a deposit tells it; areas that it no longer holds stay.

    A new level, parent or type waits where households live in or below the area, a new type while a wave
    runs; the name is taken over at once.
    """
    known = {area.code: area for area in session.scalars(select(Area))}
    grids = _households(session)
    homes = _households_below(grids, known)
    running = is_running(session)
    for given in areas:
        area = known.get(given["code"])
        if area is None and (given["level"] == GRID or given["code"] not in grids):
            session.add(Area(**given))
            continue
        if area is None:
            # What households are registered under is a grid, whatever a first deposit calls it.
            area = Area(**{**given, "level": GRID})
            session.add(area)
        area.name = given["name"]
        asked: _Standing = (given["level"], given["parent_code"], given["grid_type"])
        held = homes.get(area.code, 0)
        if asked == _standing(area) or not (held or (running and area.grid_type != given["grid_type"])):
            _replace(session, area.code, now=now)
            area.level, area.parent_code, area.grid_type = asked
        elif not _is_known(session, area, asked):
            _replace(session, area.code, now=now)
            session.add(_change(area, asked, period=period, households=held, now=now))
    session.flush()


def decide(
    session: Session, number: int, *, by: Account, reason: str, apply: bool, now: datetime
) -> MapChange:
    """Apply a change of the map that waits, or refuse it, by name and with a reason.

    Raises Conflict while a wave runs: kinds of grids change only between waves.
    """
    if by.role != REGISTRAR:
        raise Forbidden(_("只有名册管理员能决定。"))
    row = session.get(MapChange, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("没有这个等待确认的地图改动。"))
    if row.decided_at is not None:
        raise Conflict(_("这个改动已经处理过了。"))
    if apply and is_running(session):
        raise Conflict(_("有一轮正在进行：网格的层级、归属和类型只能在两轮之间改。"))
    row.decided_at, row.decided_by, row.decided_name = now, by.login, by.name
    row.decision, row.reason = "applied" if apply else "refused", public_text.reason(reason)
    # The database lets an area with households change only once this stands.
    session.flush()
    if apply:
        area = session.get_one(Area, row.code)
        area.level, area.parent_code, area.grid_type = row.level, row.parent_code, row.grid_type
        session.flush()
    return row


def is_running(session: Session) -> bool:
    """Whether a wave was frozen and isn't over."""
    return session.scalar(select(Wave.label).where(Wave.state.in_(RUNNING)).limit(1)) is not None


def withdraw(session: Session, period: str, *, now: datetime) -> None:
    """Forget what a discarded deposit asked for."""
    waits = select(MapChange).where(MapChange.period == period, MapChange.decided_at.is_(None))
    for row in session.scalars(waits):
        row.decided_at, row.decision = now, "replaced"
    session.flush()


def _standing(area: Area) -> _Standing:
    return area.level, area.parent_code, area.grid_type


def _households(session: Session) -> dict[str, int]:
    """Count the households of each grid."""
    here = select(Household.grid_code, func.count()).where(Household.left_at.is_(None))
    return dict(session.execute(here.group_by(Household.grid_code)).all())


def _households_below(grids: Mapping[str, int], known: Mapping[str, Area]) -> dict[str, int]:
    """Count the households in and below each area; `grids` counts those of each grid."""
    found: dict[str, int] = {}
    for grid, n in grids.items():
        at: str | None = grid
        seen = set[str]()
        while at and at not in seen:
            seen.add(at)
            found[at] = found.get(at, 0) + n
            at = known[at].parent_code if at in known else None
    return found


def _is_known(session: Session, area: Area, asked: _Standing) -> bool:
    """Whether this very change waits, or was the last to be refused."""
    last = select(MapChange).where(MapChange.code == area.code).order_by(MapChange.id.desc()).limit(1)
    row = session.scalars(last).first()
    if row is None or row.decision in {"applied", "replaced"}:
        return False
    return (row.level, row.parent_code, row.grid_type) == asked


def _replace(session: Session, code: str, *, now: datetime) -> None:
    waits = select(MapChange).where(MapChange.code == code, MapChange.decided_at.is_(None))
    for row in session.scalars(waits):
        row.decided_at, row.decision = now, "replaced"


def _change(area: Area, asked: _Standing, *, period: str, households: int, now: datetime) -> MapChange:
    level, parent, kind = asked
    return MapChange(
        at=now,
        period=period,
        code=area.code,
        was_level=area.level,
        was_parent=area.parent_code,
        was_type=area.grid_type,
        level=level,
        parent_code=parent,
        grid_type=kind,
        households=households,
    )
