"""Who wished never to be called again: households and numbers, in all waves and modes, from then on."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from survey.models import CaseNumber, DoNotCall, FrameUnit

OPTED_OUT = "refusal_person"
"""The outcome of a household that wishes so."""
STANDS = DoNotCall.lifted_at.is_(None)


def households() -> Select[str | None]:
    """Return the query of the codes in the registry of those who wish no call."""
    return select(DoNotCall.household_code).where(STANDS, DoNotCall.household_code.is_not(None))


def wished(unit: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that the household behind a unit wishes no call."""
    return exists().where(
        FrameUnit.unit == unit, FrameUnit.household_code == DoNotCall.household_code, STANDS
    )


def has(session: Session, unit: str) -> bool:
    """Whether the household behind a unit wishes no call."""
    wish = (
        select(DoNotCall.id)
        .join(FrameUnit, FrameUnit.household_code == DoNotCall.household_code)
        .where(FrameUnit.unit == unit, STANDS)
    )
    return session.scalar(wish.limit(1)) is not None


def barred(session: Session, unit: str) -> frozenset[int]:
    """Return the positions of a case's numbers that nobody may call or write to, whoever asked for it."""
    wishes = select(CaseNumber.position).join(DoNotCall, DoNotCall.number_index == CaseNumber.blind_index)
    return frozenset(session.scalars(wishes.where(CaseNumber.unit == unit, STANDS)))
