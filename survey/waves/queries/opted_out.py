"""Households that asked in an earlier wave never to be called again."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from survey.models import FrameUnit, SampledCase, Wave
from survey.waves.queries import in_force

OPTED_OUT = "refusal_person"
"""The outcome that says so."""


def before(wave: Wave | None = None) -> Select[str]:
    """Return the query of their codes in the registry; those known when `wave` was frozen, or by now."""
    asked = (
        select(FrameUnit.household_code)
        .join(SampledCase, SampledCase.unit == FrameUnit.unit)
        .join(Wave, Wave.label == FrameUnit.wave_label)
        .where(in_force.outcome() == OPTED_OUT)
    )
    return asked if wave is None else asked.where(Wave.first_entry < wave.first_entry)


def has(session: Session, wave: Wave, unit: str) -> bool:
    """Whether the household behind a unit of the wave had asked so when the wave was frozen."""
    here = aliased(FrameUnit)
    found = select(here.unit).where(here.unit == unit, here.household_code.in_(before(wave)))
    return session.scalar(found) is not None
