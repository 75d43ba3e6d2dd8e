"""What was said of a household's eligibility: the statements that stand, and those that wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from huying.base.clock import day
from survey.fieldwork.rules.dispositions import Fact
from survey.models import EligibilityStatement, FrameUnit, SampledCase, Wave

REGISTRAR = "registrar:"
"""How a statement's author begins who looked it up in the registry."""


def standing(session: Session, unit: str) -> Sequence[EligibilityStatement]:
    """Return the statements that a household isn't eligible, since somebody last said that it is."""
    said = select(EligibilityStatement).where(EligibilityStatement.unit == unit)
    rows = session.scalars(said.order_by(EligibilityStatement.id)).all()
    since = max((place for place, row in enumerate(rows, 1) if row.code is None), default=0)
    return rows[since:]


def is_confirmed(statements: Sequence[EligibilityStatement]) -> bool:
    """Whether two people heard so on different days, or the registry says so."""
    if any(row.by.startswith(REGISTRAR) for row in statements):
        return True
    return any(
        one.by != other.by and day(one.at) != day(other.at) for one in statements for other in statements
    )


def facts(session: Session, unit: str) -> list[Fact]:
    """Return what the statements that stand establish."""
    found = standing(session, unit)
    sure = is_confirmed(found)
    return [Fact(row.code, confirmed=sure) for row in found if row.code is not None]


def questions(session: Session) -> list[str]:
    """Return the codes in the registry of households that may not be eligible: without wave or sample."""
    later = aliased(EligibilityStatement)
    answered = exists().where(later.unit == EligibilityStatement.unit, later.id > EligibilityStatement.id)
    waiting = (
        select(FrameUnit.household_code)
        .join(SampledCase, SampledCase.unit == FrameUnit.unit)
        .join(Wave, Wave.label == FrameUnit.wave_label)
        .join(EligibilityStatement, EligibilityStatement.unit == FrameUnit.unit)
        .where(EligibilityStatement.code.is_not(None), ~answered)
        .where(SampledCase.final_code.is_(None), Wave.ended_at.is_(None))
    )
    # A campaign's units are no households of the registry.
    return sorted({home for home in session.scalars(waiting) if home is not None})
