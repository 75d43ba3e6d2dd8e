"""Appointments: the one that is open, and how many were kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Appointment


@dataclass(frozen=True, slots=True)
class KeptRate:
    """How many appointments came due, and how many of them somebody dialled within ten minutes."""

    due: int
    kept: int


def open_of(session: Session, unit: str) -> Appointment | None:
    """Return the appointment of a case that is still to come or due."""
    return session.scalar(select(Appointment).where(Appointment.unit == unit, Appointment.ended_at.is_(None)))
