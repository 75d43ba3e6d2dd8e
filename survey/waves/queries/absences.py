"""Which grids a frame doesn't have, and since when: nobody who lives there can be drawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from huying.base.clock import local
from survey.models import OF_REGISTRY, Area, Household, Stratum, Wave, WaveArea


@dataclass(frozen=True, slots=True)
class Absence:
    """A grid without a place in a frame, the day since which no frame has had it, and its households."""

    grid: str
    name: str
    since: str
    registered: int


def find(session: Session, *, present: Collection[str], now: datetime) -> list[Absence]:
    """Return the grids that a frame of these `present` ones, frozen now, doesn't have.

    A grid is whatever the map calls so, whatever holds households, and whatever an earlier frame had.
    """
    names = dict(session.execute(select(Area.code, Area.name)).all())
    on_map = set(session.scalars(select(Area.code).where(Area.level == "grid")))
    here = select(Household.grid_code, func.count()).where(Household.left_at.is_(None))
    registered = dict(session.execute(here.group_by(Household.grid_code)).all())
    framed = set(session.scalars(_strata().distinct()))
    missing = sorted((on_map | registered.keys() | framed) - set(present))
    since = _since(session, missing, now=now)
    return [Absence(grid, names.get(grid) or grid, since[grid], registered.get(grid, 0)) for grid in missing]


def _strata() -> Select[str]:
    return (
        select(Stratum.grid_code)
        .join(Wave, Wave.label == Stratum.wave_label)
        .where(OF_REGISTRY, Wave.state != "void")
    )


def _since(session: Session, grids: Collection[str], *, now: datetime) -> dict[str, str]:
    """Return the day of the first of the waves that knew each grid and have gone without it since."""
    since = dict.fromkeys(grids, local(now).date().isoformat())
    if not grids:
        return since
    waves = session.scalars(
        select(Wave).where(OF_REGISTRY, Wave.state != "void").order_by(Wave.first_entry.desc())
    )
    waiting = set(grids)
    for wave in waves:
        had = set(session.scalars(_strata().where(Stratum.wave_label == wave.label)))
        knew = select(WaveArea.code).where(WaveArea.wave_label == wave.label, WaveArea.code.in_(waiting))
        waiting &= set(session.scalars(knew)) - had
        since.update(dict.fromkeys(waiting, local(wave.frozen_at).date().isoformat()))
    return since
