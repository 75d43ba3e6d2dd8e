"""Stored numbers, read and opened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.rules import CallableNumber
from feedback.models import Contact, PostPhone
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _
from huying.base.phones import Vault


def one(session: Session, contact_id: int) -> Contact:
    """Return a stored number; raise NotFound."""
    contact = session.get(Contact, contact_id)
    if contact is None:
        raise NotFound(_("没有这个号码。"))
    return contact


def number_of(contact: Contact, *, vault: Vault) -> str:
    """Return a contact's number, E.164."""
    return vault.open(contact.sealed, where=seal_context(contact))


def of_worker(session: Session, worker_code: str) -> list[Contact]:
    """Return a worker's numbers, those of mobiles first."""
    query = select(Contact).where(Contact.worker_code == worker_code)
    return list(session.scalars(query.order_by(Contact.kind != "mobile", Contact.id)))


def of_post(session: Session, grid_code: str) -> Contact | None:
    """Return the duty phone of a grid, if it has one."""
    return session.scalar(select(Contact).join(PostPhone).where(PostPhone.grid_code == grid_code))


def unreadable(session: Session, *, vault: Vault) -> int:
    """Return how many stored numbers the key doesn't open: damaged, or sealed under another one."""
    every = session.scalars(select(Contact).execution_options(yield_per=1000))
    return sum(_opened(contact, vault=vault) is None for contact in every)


def _opened(contact: Contact, *, vault: Vault) -> str | None:
    try:
        return number_of(contact, vault=vault)
    except Refused:
        return None


def policy_number(
    contact: Contact, *, name: str, role: str, vault: Vault | None, of_post: bool = False
) -> CallableNumber:
    """Return a stored number as the policy knows it; without a vault it stays sealed, and is left out.

    One that the key doesn't open is never verified: the next in the chain is called, and `doctor` tells.
    """
    hours = None
    if contact.hours_from is not None and contact.hours_to is not None:
        hours = contact.hours_from, contact.hours_to
    number = _opened(contact, vault=vault) if vault else ""
    return CallableNumber(
        name,
        role,
        number or "",
        contact.kind,  # type: ignore[arg-type]
        verified_at=None if number is None else contact.verified_at,
        expires_at=contact.expires_at,
        failed_at=contact.failed_at,
        suspected_at=contact.suspected_at,
        hours=hours,
        of_post=of_post,
        contact_id=contact.id,
    )


def seal_context(contact: Contact) -> str:
    """Return what a stored number is sealed for."""
    return f"contact.sealed:{contact.id}"
