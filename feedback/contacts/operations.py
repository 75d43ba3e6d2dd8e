"""The numbers by which workers, posts and offices are reached: sealed, indexed, checked, failed, doubted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.queries.numbers import one, seal_context
from feedback.contacts.rules import NumberKind
from feedback.models import Contact, Fallback, PostPhone
from huying.base import phones
from huying.base.i18n import mark
from huying.base.phones import Vault

POST_PHONE = mark("值班手机")


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of a number as it is stored: its hours, by the local clock, and its last check."""

    hours: tuple[time, time] | None = None
    verified_at: datetime | None = None


def set_number(
    session: Session,
    *,
    worker_code: str,
    number: str,
    vault: Vault,
    kind: NumberKind | None = None,
    hours: tuple[time, time] | None = None,
    verified_at: datetime | None = None,
) -> Contact:
    """Store the number (E.164) by which a worker is reached; it replaces the worker's other of that kind.

    `kind` is read off the number unless given; `hours` are local. A number that stays the same keeps a check
    of it that is later than `verified_at`.
    """
    kind = kind or _kind(number)
    own = select(Contact).where(Contact.worker_code == worker_code, Contact.kind == kind)
    contact = session.scalar(own.order_by(Contact.id).limit(1)) or _new(
        session, worker_code=worker_code, kind=kind
    )
    _put(contact, number, vault=vault, known=Known(hours, verified_at))
    session.flush()
    return contact


def set_post_phone(
    session: Session,
    *,
    grid_code: str,
    number: str,
    vault: Vault,
    hours: tuple[time, time] | None = None,
    verified_at: datetime | None = None,
) -> Contact:
    """Store the duty phone of a grid: shown before the private number of whoever is on duty there."""
    own = session.get(PostPhone, grid_code)
    contact = session.get_one(Contact, own.contact_id) if own else None
    if contact is None:
        contact = _new(session, office_name=POST_PHONE, kind=_kind(number))
        session.add(PostPhone(grid_code=grid_code, contact_id=contact.id))
    contact.kind = _kind(number)
    _put(contact, number, vault=vault, known=Known(hours, verified_at))
    session.flush()
    return contact


def set_office(
    session: Session,
    *,
    area_code: str,
    position: int,
    name: str,
    number: str,
    vault: Vault,
    hours: tuple[time, time] | None = None,
    verified_at: datetime | None = None,
    leader: bool = False,
) -> Contact:
    """Store who answers at a place (1, 2, …) of the chain of an area and of all areas below it.

    It is an office, or with `leader` a person, the grid leader, who comes before every office. An area's own
    chain comes before that of the area above; the city's line ends every chain by itself.
    """
    step = session.get(Fallback, (area_code, position))
    contact = session.get_one(Contact, step.contact_id) if step else None
    if step is None or contact is None:
        contact = _new(session, office_name=name, kind=_kind(number))
        step = Fallback(area_code=area_code, position=position, contact_id=contact.id)
        session.add(step)
    step.leader = leader
    contact.office_name, contact.kind = name, _kind(number)
    _put(contact, number, vault=vault, known=Known(hours, verified_at))
    session.flush()
    return contact


def verify(session: Session, contact_id: int, *, now: datetime) -> Contact:
    """Note that a number was checked at `now` and works: doubts of it are settled."""
    contact = one(session, contact_id)
    contact.verified_at, contact.suspected_at = now, None
    session.flush()
    return contact


def _kind(number: str) -> NumberKind:
    return "mobile" if phones.kind(number) == "mobile" else "landline"


def _new(
    session: Session, *, kind: str, worker_code: str | None = None, office_name: str | None = None
) -> Contact:
    contact = Contact(
        worker_code=worker_code, office_name=office_name, kind=kind, sealed=b"", blind_index=b""
    )
    session.add(contact)
    session.flush()  # the number is sealed for its row, so the row comes first
    return contact


def _put(contact: Contact, number: str, *, vault: Vault, known: Known) -> None:
    index = vault.index(number, purpose="staff")
    if contact.blind_index != index:
        contact.sealed = vault.seal(number, where=seal_context(contact))
        contact.blind_index = index
        contact.verified_at = contact.failed_at = contact.suspected_at = None
    contact.hours_from, contact.hours_to = known.hours or (None, None)
    contact.verified_at = max(filter(None, (contact.verified_at, known.verified_at)), default=None)
