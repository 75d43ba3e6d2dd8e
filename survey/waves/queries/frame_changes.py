"""What changed in the frame since the wave before, grid by grid, in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import (
    IN_STRATUM,
    OF_REGISTRY,
    FrameUnit,
    FrozenAbsence,
    FrozenGrid,
    FrozenOutside,
    Household,
    Stratum,
    Wave,
    WaveArea,
)
from survey.registry.queries import departures, log
from survey.registry.queries.departures import DepartureChecks
from survey.registry.queries.log import Brought

SUDDEN = 0.05
"""The share of a grid's households that may leave between two waves without a mark."""

FEW = 5
"""Below so many nothing is marked: a small grid loses a family and a tenth."""


@dataclass(frozen=True, slots=True)
class FrameChange:
    """Households of a grid in the wave before, those of them that are gone, and those that are new."""

    before: int
    gone: int
    new: int


NONE = FrameChange(0, 0, 0)


def is_sudden(grid: FrozenGrid) -> bool:
    """Whether so many left a grid since the last wave that somebody should ask why."""
    return grid.gone >= FEW and grid.gone > SUDDEN * grid.before


def since_last(session: Session, wave: Wave) -> Mapping[str, FrameChange]:
    """Return the changes since the last wave that wasn't void; nothing where there is none.

    Whoever moved to another grid is gone from one and new in the other. A household that rests is neither:
    the registry still has it, and an earlier frame had it.
    """
    last = last_before(session, wave)
    if last is None:
        return {}
    then, now = (_homes(session, label) for label in (last.label, wave.label))
    registered, earlier = _registered(session), _earlier(session, wave)
    before = Counter(then.values())
    gone = Counter(grid for home, grid in then.items() if registered.get(home) != grid)
    new = Counter(grid for home, grid in now.items() if (home, grid) not in earlier)
    return {grid: FrameChange(before[grid], gone[grid], new[grid]) for grid in sorted(before | new)}


def last_before(session: Session, wave: Wave) -> Wave | None:
    """Return the wave before that wasn't void; None for the first."""
    before = select(Wave).where(OF_REGISTRY, Wave.first_entry < wave.first_entry, Wave.state != "void")
    return session.scalars(before.order_by(Wave.first_entry.desc()).limit(1)).first()


def brought(session: Session, wave: Wave) -> list[Brought]:
    """Return which imports took households out or changed numbers since the wave before, and by whom.

    Of a campaign there is nothing to tell: its frame isn't the registry.
    """
    if wave.is_campaign:
        return []
    last = last_before(session, wave)
    return log.brought(session, after=last.first_entry if last else None, before=wave.first_entry)


def checks(session: Session, wave: Wave) -> DepartureChecks | None:
    """Return how many of those departures were drawn for a check, and what was found; None of a campaign."""
    if wave.is_campaign:
        return None
    last = last_before(session, wave)
    return departures.checks(session, after=last.first_entry if last else None, before=wave.first_entry)


def absences(session: Session, label: str) -> list[FrozenAbsence]:
    """Return the grids that a wave's frame doesn't have, those first where households live."""
    rows = select(FrozenAbsence).where(FrozenAbsence.wave_label == label)
    return list(session.scalars(rows.order_by(FrozenAbsence.registered.desc(), FrozenAbsence.grid)))


def outside(session: Session, label: str) -> list[FrozenOutside]:
    """Return the counts from outside as a freeze found them, by grid and source."""
    rows = select(FrozenOutside).where(FrozenOutside.wave_label == label)
    return list(session.scalars(rows.order_by(FrozenOutside.grid, FrozenOutside.source)))


def _homes(session: Session, label: str) -> dict[str, str]:
    rows = select(FrameUnit.household_code, Stratum.grid_code).join(Stratum, IN_STRATUM)
    rows = rows.where(FrameUnit.wave_label == label)
    return {home: grid for home, grid in session.execute(rows) if home is not None}


def _registered(session: Session) -> dict[str, str]:
    here = select(Household.code, Household.grid_code).where(Household.left_at.is_(None))
    return dict(session.execute(here).all())


def _earlier(session: Session, wave: Wave) -> set[tuple[str, str]]:
    rows = (
        select(FrameUnit.household_code, Stratum.grid_code)
        .distinct()
        .join(Stratum, IN_STRATUM)
        .join(Wave, Wave.label == FrameUnit.wave_label)
    )
    before = rows.where(OF_REGISTRY, Wave.first_entry < wave.first_entry, Wave.state != "void")
    return {(home, grid) for home, grid in session.execute(before) if home is not None}


def names(session: Session, label: str) -> Mapping[str, str]:
    """Return the names of a wave's grids as they were at its freeze."""
    rows = select(WaveArea.code, WaveArea.name).where(WaveArea.wave_label == label, WaveArea.level == "grid")
    return dict(session.execute(rows).all())


def of(session: Session, label: str) -> list[FrozenGrid]:
    """Return a wave's grids as they were counted at its freeze, by their codes."""
    rows = select(FrozenGrid).where(FrozenGrid.wave_label == label).order_by(FrozenGrid.grid)
    return list(session.scalars(rows))
