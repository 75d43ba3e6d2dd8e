"""Appointments: the one that is open, and how many were kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import Appointment, SampledCase


@dataclass(frozen=True, slots=True)
class KeptRate:
    """How many appointments came due, and how many of them somebody dialled within ten minutes."""

    due: int
    kept: int


def open_of(session: Session, unit: str) -> Appointment | None:
    """Return the appointment of a case that is still to come or due."""
    return session.scalar(select(Appointment).where(Appointment.unit == unit, Appointment.ended_at.is_(None)))


def kept_rate(session: Session, label: str) -> KeptRate:
    """Return the rate over a wave's appointments of which it is known."""
    rows = (
        select(Appointment.kept, func.count())
        .join(SampledCase, SampledCase.unit == Appointment.unit)
        .where(SampledCase.wave_label == label, Appointment.kept.is_not(None))
    )
    counts = dict(session.execute(rows.group_by(Appointment.kept)).all())
    return KeptRate(sum(counts.values()), counts.get(True, 0))
