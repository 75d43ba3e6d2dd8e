"""The institutions behind a grid, the nearest first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.queries import numbers
from feedback.models import Area, Contact, Fallback
from huying.base.phones import Vault


def offices(session: Session, code: str, *, vault: Vault) -> list[tuple[str, str]]:
    """Return the institutions behind a grid, the nearest first, each with its number, at whatever hour."""
    found: list[tuple[str, str]] = []
    area = session.get(Area, code)
    while area is not None:
        chain = select(Contact).join(Fallback).where(Fallback.area_code == area.code)
        found += [
            (str(contact.office_name), numbers.number_of(contact, vault=vault))
            for contact in session.scalars(chain.order_by(Fallback.position))
        ]
        area = session.get(Area, area.parent_code) if area.parent_code else None
    return found
