"""An operator joins a caller to whoever is on duty: stored before it is placed, never placed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.rules import codes
from feedback.contacts.queries import answer as contacts
from feedback.models import Connection, Poster
from feedback.reach.operations import reports
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks
from huying.telephony.voice import CallEvent, Placed


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to ring for a caller, E.164 or a short code; `fresh`: nobody has been rung for this form yet."""

    code: str
    number: str
    fresh: bool


def begin(session: Session, poster: Poster, *, once: str, by: str, vault: Vault, now: datetime) -> Wish:
    """Store that an operator wants a caller joined with who answers for a poster's grid now."""
    locks.hold(session, "connection", once)
    answer = contacts.answer(session, poster.grid_code, at=now, vault=vault)
    known = session.scalar(select(Connection).where(Connection.once == once))
    if known is not None:
        return Wish(known.code, answer.line[0], fresh=False)
    connection = Connection(
        code=codes.case_code(f"connection/{once}".encode(), at=now),
        once=once,
        poster_id=poster.id,
        contact_id=answer.contact_id,
        placed_by=by,
        placed_at=now,
    )
    session.add(connection)
    session.flush()
    return Wish(connection.code, answer.line[0], fresh=True)


def note(session: Session, code: str, placed: Placed) -> None:
    """Store what became of placing a call, unless the carrier has told more since."""
    connection = session.scalar(select(Connection).where(Connection.code == code).with_for_update())
    if connection is not None and connection.state == "requested":
        connection.state = placed.value
        session.flush()


def told(session: Session, event: CallEvent, *, now: datetime) -> None:
    """Take the carrier's word on a placed call: it was placed, and whether the number works.

    A word on a call that nobody asked for changes nothing.
    """
    connection = session.scalar(select(Connection).where(Connection.code == event.identity).with_for_update())
    if connection is None:
        return
    connection.state = Placed.ACCEPTED.value
    if connection.contact_id is not None and event.result == "answered":
        reports.prove(session, connection.contact_id, now=now)
    elif connection.contact_id is not None and event.result == "vacant":
        reports.fail(session, connection.contact_id, now=now)
    session.flush()


def check(placed: Placed) -> None:
    """Raise Conflict where a call wasn't placed."""
    if placed is Placed.REFUSED:
        raise Conflict(_("没有接通。请直接拨打页面上的号码，或先登记。"))
