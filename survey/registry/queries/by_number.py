"""Households by the keyed index of a number in force, and the indexes of a household's numbers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Adult, Number


def households(session: Session, index: bytes) -> frozenset[str]:
    """Return the codes of the households, or of those with an adult, that this number belongs to."""
    own = select(Number.household_code).where(Number.blind_index == index, Number.position > 0)
    adults = select(Adult.household_code).where(Adult.blind_index == index)
    return frozenset(session.scalars(own)) | frozenset(session.scalars(adults))


def indexes(session: Session, household: str) -> frozenset[bytes]:
    """Return the blind indexes of a household's numbers in force, its listed adults' included."""
    own = select(Number.blind_index).where(Number.household_code == household, Number.position > 0)
    adults = select(Adult.blind_index).where(Adult.household_code == household)
    return frozenset(session.scalars(own)) | frozenset(session.scalars(adults))
