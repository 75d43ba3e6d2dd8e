"""Questions whether a number works, read: the one of a link, what it names, how many were let pass."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.models import Area, Contact, Duty, OutboxMessage, Ping, PostPhone
from feedback.reach import rules as pinging
from huying.base.errors import Gone, NotFound
from huying.base.i18n import _, lazy, mark
from huying.messaging.outbox import RETRIED

LONGEST_AREA_NAME = 11
"""Characters of an area's name that a short message has room for."""
SOMEWHERE = mark("网格")
GONE = lazy("这个链接已经过期，或者号码已经换过。不用再操作。")


def find(session: Session, token: str, *, now: datetime) -> Ping:
    """Return the question of a link; raise NotFound for no such link, Gone where it opens no more."""
    known = codes.normalise_token(token)
    digest = sha256(known.encode()).digest() if known else b""
    ping = session.scalar(select(Ping).where(Ping.token_hash == digest))
    if ping is None:
        raise NotFound(_("没有这个链接。"))
    if now >= ping.asked_at + pinging.ANSWERABLE or not still_asked_for(session, ping):
        raise Gone(GONE)
    return ping


def let_pass(session: Session, worker_code: str, *, since: datetime, now: datetime) -> int:
    """Return how many questions to a worker's numbers stayed unanswered since an instant."""
    own = select(Contact.id).where(Contact.worker_code == worker_code)
    passed = select(Ping.id).where(
        Ping.contact_id.in_(own),
        Ping.state == "asked",
        Ping.asked_at >= since,
        Ping.asked_at < now - pinging.AGAIN,
        Ping.id.not_in(_lost()),
    )
    return len(session.scalars(passed).all())


def _lost() -> Select[int]:
    """Return the questions that the carrier brought to nobody: they count against nobody."""
    return select(OutboxMessage.round).where(
        OutboxMessage.purpose == pinging.TEMPLATE, OutboxMessage.state.in_(RETRIED)
    )


def area_asked_of(session: Session, contact: Contact, *, now: datetime) -> str:
    """Return the area that a question names: the grid of a duty phone, or where the worker is on duty."""
    held = select(Duty.grid_code).where(
        Duty.worker_code == contact.worker_code,
        Duty.retracted_at.is_(None),
        Duty.valid_from <= now,
        or_(Duty.valid_to.is_(None), Duty.valid_to > now),
    )
    post = select(PostPhone.grid_code).where(PostPhone.contact_id == contact.id)
    either = or_(Area.code.in_(held), Area.code.in_(post))
    grid = session.scalar(select(Area).where(either).order_by(Area.code).limit(1))
    above = session.get(Area, grid.parent_code) if grid and grid.parent_code else None
    if grid is None:
        return str(_(SOMEWHERE))
    return f"{above.name if above else ''}{grid.name}"[-LONGEST_AREA_NAME:]


def still_asked_for(session: Session, ping: Ping) -> bool:
    """Tell whether the number that was asked is still the one that stands there."""
    return session.get_one(Contact, ping.contact_id).blind_index == ping.number_index


def of_number(session: Session, index: bytes) -> Contact | None:
    """Return the stored number with that blind index."""
    return session.scalar(select(Contact).where(Contact.blind_index == index).order_by(Contact.id).limit(1))
