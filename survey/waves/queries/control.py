"""The control part: households drawn by lot whose numbers are checked by another source or at their door."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.phones import Vault
from sampling import intervals
from sampling.draws.tickets import ticket
from survey.models import ControlCheck, FrameUnit, Wave
from survey.waves.queries import waves
from survey.waves.rules import wave_rules
from survey.waves.rules.records import record_context

CONTROL_SUFFIX = "/control"
"""Behind a unit's code, where no code has a stroke: these tickets are others than the sample's."""


@dataclass(frozen=True, slots=True)
class ControlHousehold:
    """A household to be checked: where it is, which number it has, and what was found, "" for nothing yet."""

    unit: str
    grid: str
    address: str
    number: str
    result: str


@dataclass(frozen=True, slots=True)
class ControlShare:
    """Of `drawn` households `checked` could be told, `false` of them false; the share, its exact limits."""

    drawn: int
    checked: int
    false: int
    share: float | None
    low: float
    high: float


def size(wave: Wave) -> int:
    """Return how many households the control part has: none before the draw."""
    return min(wave_rules.read(wave.rules).control, wave.frame_size) if wave.draw_key else 0


def units(session: Session, wave: Wave) -> Sequence[str]:
    """Return the control part's units by ticket: as many as the rules sealed; none before the draw.

    Drawn from the whole frame under the wave's key, apart from the sample: whoever checks them learns
    nothing of who is called.
    """
    wanted, key = size(wave), wave.draw_key
    if not wanted or key is None:
        return ()
    frame = session.scalars(select(FrameUnit.unit).where(FrameUnit.wave_label == wave.label))
    return sorted(frame, key=lambda unit: (ticket(key, unit + CONTROL_SUFFIX), unit))[:wanted]


def households(session: Session, label: str, *, vault: Vault) -> list[ControlHousehold]:
    """Return the control part with addresses and numbers as they were frozen, by grid and address."""
    wave = waves.find(session, label)
    chosen = units(session, wave)
    found = dict(session.execute(select(ControlCheck.unit, ControlCheck.result)).all())
    grids = waves.grids(session, label)
    rows = session.scalars(select(FrameUnit).where(FrameUnit.unit.in_(chosen)))
    return sorted(
        (_household(row, grids[row.stratum], found.get(row.unit, ""), vault) for row in rows),
        key=lambda each: (each.grid, each.address, each.unit),
    )


def _household(row: FrameUnit, grid: str, result: str, vault: Vault) -> ControlHousehold:
    record = json.loads(vault.open(row.record, where=record_context(row.unit)))
    return ControlHousehold(row.unit, grid, record["addr"], record["tel"], result)


def share(session: Session, wave: Wave) -> ControlShare | None:
    """Return the share of false numbers with Clopper and Pearson's limits; None where none were drawn."""
    drawn = size(wave)
    if not drawn:
        return None
    rows = select(ControlCheck.result).where(ControlCheck.wave_label == wave.label)
    results = [each for each in session.scalars(rows) if each != "unknown"]
    false = results.count("false")
    if not results:
        return ControlShare(drawn, 0, 0, None, 0.0, 1.0)
    limits = intervals.clopper_pearson(false, len(results))
    low, high = float(limits.low), float(limits.high)
    return ControlShare(drawn, len(results), false, false / len(results), low, high)
