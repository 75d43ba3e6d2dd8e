"""How a wave's released households ended, as counts."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import SampledCase
from survey.waves.queries import in_force


def finals(session: Session, label: str) -> Counter[str]:
    """Return how many households have each outcome in force."""
    codes = session.scalars(select(in_force.outcome()).where(SampledCase.wave_label == label))
    return Counter(code for code in codes if code is not None)
