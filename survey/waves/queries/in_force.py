"""The outcome in force of a released household: the last correction's, else the final one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from survey.models import Correction, SampledCase


def outcome() -> ColumnElement[str]:
    """Return the expression of a case's outcome in force; NULL while it has none."""
    last = (
        select(Correction.to_code)
        .where(Correction.unit == SampledCase.unit, Correction.entry.is_not(None))
        .order_by(Correction.entry.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, SampledCase.final_code)
