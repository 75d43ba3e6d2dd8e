"""Stored numbers, read and opened."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.rules import CallableNumber
from feedback.models import Contact, PostPhone
from huying.base.errors import NotFound
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


def policy_number(
    contact: Contact, *, name: str, role: str, vault: Vault | None, of_post: bool = False
) -> CallableNumber:
    """Return a stored number as the policy knows it; without a vault it stays sealed, and is left out."""
    hours = None
    if contact.hours_from is not None and contact.hours_to is not None:
        hours = contact.hours_from, contact.hours_to
    return CallableNumber(
        name,
        role,
        number_of(contact, vault=vault) if vault else "",
        contact.kind,  # type: ignore[arg-type]
        verified_at=contact.verified_at,
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
