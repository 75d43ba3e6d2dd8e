"""The numbers that somebody has to check by hand: land lines, and whatever failed, lapses or is doubted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.rules import VALIDITY
from feedback.models import Area, Contact, Fallback, PostPhone, Worker

SOON = timedelta(days=5)
LAST_DAY = timedelta(days=1)
ORDER = ("failed", "doubted", "never", "lapsed", "lapsing", "good")
"""What is known of a number, the most urgent first."""


@dataclass(frozen=True, slots=True)
class Check:
    """A number, whose it is, what is known of it, and until when its last check holds."""

    contact: Contact
    owner: str
    state: str
    until: datetime | None


def state_of(contact: Contact, *, now: datetime) -> str:
    """Return what is known of a number: one of ORDER."""
    proven, failed = contact.verified_at, contact.failed_at
    if failed is not None and (proven is None or failed >= proven):
        return "failed"
    if contact.suspected_at is not None and (proven is None or contact.suspected_at >= proven):
        return "doubted"
    until = until_of(contact)
    if until is None:
        return "never"
    if until <= now:
        return "lapsed"
    return "lapsing" if until <= now + SOON else "good"


def until_of(contact: Contact) -> datetime | None:
    """Return until when the last check of a number holds; None where it was never checked."""
    if contact.verified_at is None:
        return None
    validity = next(each for kind, each in VALIDITY.items() if kind == contact.kind)
    ends = [contact.verified_at + validity, *([contact.expires_at] if contact.expires_at else [])]
    return min(ends)


def due(session: Session, areas: Collection[str], *, asks: bool, now: datetime) -> list[Check]:
    """Return the numbers of these areas' offices, posts and workers that want looking at, the worst first.

    `asks`: messages go out, so that a mobile whose check is about to lapse is asked by one, and is listed on
    its last day alone. Otherwise everything is listed days before it lapses.
    """
    found = [
        Check(contact, owner, state_of(contact, now=now), until_of(contact))
        for contact, owner in _all(session, areas)
    ]
    listed = [each for each in found if _wanted(each, asks=asks, now=now)]
    return sorted(listed, key=lambda each: (ORDER.index(each.state), each.until or now, each.owner))


def how_many(session: Session, *, asks: bool, now: datetime) -> int:
    """Return how many numbers of all areas want looking at."""
    everywhere = session.scalars(select(Area.code)).all()
    return len({each.contact.id for each in due(session, everywhere, asks=asks, now=now)})


def _wanted(check: Check, *, asks: bool, now: datetime) -> bool:
    if check.state == "lapsing" and check.contact.kind == "mobile" and asks:
        return check.until is not None and check.until <= now + LAST_DAY
    return check.state != "good"


def _all(session: Session, areas: Collection[str]) -> list[tuple[Contact, str]]:
    workers = (
        select(Contact, Worker.name)
        .join(Worker, Worker.code == Contact.worker_code)
        .where(Worker.active, Worker.area_code.in_(areas))
    )
    offices = (
        select(Contact, Contact.office_name)
        .join(Fallback, Fallback.contact_id == Contact.id)
        .where(Fallback.area_code.in_(areas))
    )
    posts = (
        select(Contact, Contact.office_name)
        .join(PostPhone, PostPhone.contact_id == Contact.id)
        .where(PostPhone.grid_code.in_(areas))
    )
    return [
        (contact, owner or "")
        for query in (offices, posts, workers)
        for contact, owner in session.execute(query)
    ]
