"""The appointments of the next hours, when and with whom and in what language: never of which household."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.fieldwork.rules.board.clashes import AHEAD, AT_ONCE, ComingAppointment
from survey.models import Appointment, SampledCase

MOST = 2000


def appointments(session: Session, label: str, *, now: datetime) -> list[ComingAppointment]:
    """Return a wave's open appointments from ten minutes ago to some hours ahead, the earliest first."""
    # Never by the wave's index, which leads through all its cases: what is asked of it there can't use one.
    wave = func.coalesce(SampledCase.wave_label, "")
    rows = (
        select(Appointment.at, Appointment.pinned_id, func.coalesce(SampledCase.language, ""))
        .join(SampledCase, SampledCase.unit == Appointment.unit)
        .where(Appointment.ended_at.is_(None), wave == label)
        .where(Appointment.at >= now - AT_ONCE, Appointment.at < now + AHEAD)
        .order_by(Appointment.at, Appointment.id)
        .limit(MOST)
    )
    return [ComingAppointment(*row) for row in session.execute(rows)]
