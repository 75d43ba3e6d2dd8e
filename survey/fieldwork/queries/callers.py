"""Whose number it is: households and cases found by its keyed index alone, never by a name or a part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from survey.fieldwork.rules.return_calls import same_home
from survey.models import CaseNumber, FrameUnit, Household, SampledCase, Wave
from survey.registry.queries import by_number


def households(session: Session, index: bytes) -> frozenset[str]:
    """Return the codes of the households that the registry, or a call, knows by this number."""
    dialled = select(FrameUnit.household_code).join(CaseNumber, CaseNumber.unit == FrameUnit.unit)
    known = session.scalars(dialled.where(CaseNumber.blind_index == index))
    return by_number.households(session, index) | frozenset(home for home in known if home is not None)


def household_of(session: Session, index: bytes, *, said: str) -> str | None:
    """Return the one household of a number, or of what its caller says of the home; None: not sure."""
    found = households(session, index)
    if len(found) == 1:
        return next(iter(found))
    rows = session.execute(select(Household.code, Household.address).where(Household.code.in_(found)))
    return same_home(said, addresses=dict(rows.all()))


def numbers_of(session: Session, household: str) -> frozenset[bytes]:
    """Return the blind indexes of all numbers of a household, as registered and as dialled."""
    dialled = select(CaseNumber.blind_index).join(FrameUnit, FrameUnit.unit == CaseNumber.unit)
    known = session.scalars(dialled.where(FrameUnit.household_code == household))
    return by_number.indexes(session, household) | frozenset(known)


def _dialled_row(index: bytes) -> ColumnElement[bool]:
    """Of a campaign's units no household is known: it is whoever was dialled by this number."""
    dialled = select(CaseNumber.unit).where(CaseNumber.blind_index == index)
    return and_(FrameUnit.row_code.is_not(None), FrameUnit.unit.in_(dialled))


def cases(session: Session, index: bytes, *, now: datetime) -> Sequence[SampledCase]:
    """Return the cases of a number whose field is open."""
    mine = (
        select(SampledCase)
        .join(FrameUnit, FrameUnit.unit == SampledCase.unit)
        .join(Wave, Wave.label == SampledCase.wave_label)
        .where(or_(FrameUnit.household_code.in_(households(session, index)), _dialled_row(index)))
        .where(Wave.state == "drawn", Wave.ended_at.is_(None))
        .where(or_(Wave.field_ends_at.is_(None), Wave.field_ends_at > now))
    )
    return session.scalars(mine.order_by(SampledCase.unit)).all()
