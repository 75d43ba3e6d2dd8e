"""What is learnt of a number: it works, it doesn't, somebody doubts it. Only our own proof moves anybody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.cases.operations import opening
from feedback.cases.rules.requests import HelpRequest
from feedback.contacts import operations as contact_numbers
from feedback.contacts.queries import numbers as contacts_numbers
from feedback.models import Area, Contact, Duty, PostPhone
from feedback.web.rules import sentences
from huying.base import clock
from huying.base.i18n import mark

DEAD = mark("值班号码打不通")
WHY = sentences.stored("number_dead")
DENIED = sentences.stored("number_denied")


def doubt(session: Session, contact_id: int, *, now: datetime) -> None:
    """Note that a resident says a number doesn't work: it is labelled and checked, and stays where it is."""
    contact = contacts_numbers.one(session, contact_id)
    if contact.suspected_at is None:
        contact.suspected_at = now
        session.flush()


def prove(session: Session, contact_id: int, *, now: datetime) -> None:
    """Note that a number works: a call to it was answered, or its link was."""
    contact_numbers.verify(session, contact_id, now=now)


def fail(session: Session, contact_id: int, *, now: datetime, why: str = WHY) -> None:
    """Note that a number doesn't work: from now on the next one of the chain is shown.

    Each grid where its owner is on duty gets a case against the office, one for this failure.
    """
    contact = contacts_numbers.one(session, contact_id)
    contact.failed_at, contact.suspected_at = now, None
    session.flush()
    ledger.write(session, "contact.fail", at=now, i=contact.id)
    for grid in _grids_of(session, contact, at=now):
        once = f"contact-failed:{contact.id}:{grid}:{clock.iso(contact.verified_at or now)}"
        opening.open_for_office(session, HelpRequest(DEAD, why), grid_code=grid, once=once, now=now)


def _grids_of(session: Session, contact: Contact, *, at: datetime) -> list[str]:
    """Return the grids in use that this number answers for at an instant."""
    post = select(PostPhone.grid_code).where(PostPhone.contact_id == contact.id)
    held = select(Duty.grid_code).where(
        Duty.worker_code == contact.worker_code,
        Duty.retracted_at.is_(None),
        Duty.valid_from <= at,
        or_(Duty.valid_to.is_(None), Duty.valid_to > at),
    )
    found = select(Area.code).where(Area.retired_at.is_(None), or_(Area.code.in_(held), Area.code.in_(post)))
    return list(session.scalars(found.order_by(Area.code)))
