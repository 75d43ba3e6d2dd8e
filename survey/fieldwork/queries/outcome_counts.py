"""How a wave's released households ended, as counts."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.models import SampledCase


def finals(session: Session, label: str) -> Counter[str]:
    """Return how many households have each final outcome."""
    query = select(SampledCase.final_code, func.count()).where(SampledCase.wave_label == label)
    rows = session.execute(query.group_by(SampledCase.final_code))
    return Counter({code: count for code, count in rows if code is not None})
