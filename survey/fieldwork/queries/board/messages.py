"""Messages to the seats: those of the last days with who read them, and what lies at a seat unread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Account, SeatMessage, SeatMessageCopy

RECENT = timedelta(days=7)
MOST = 20


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message, by whom and to whom (codes; all where `is_for_all`), and who hasn't read it yet."""

    number: int
    at: datetime
    by: str
    text: str
    is_for_all: bool
    to: Sequence[str]
    unread: Sequence[str]


def recent(session: Session, *, now: datetime, account: int | None = None) -> list[SentMessage]:
    """Return the messages of the last days, the latest first; to one seat alone, where it is named."""
    message = SeatMessage
    rows = select(message).where(message.at > now - RECENT).order_by(message.at.desc(), message.id.desc())
    if account is not None:
        mine = select(SeatMessageCopy.message_id).where(SeatMessageCopy.interviewer_id == account)
        rows = rows.where(message.id.in_(mine))
    found = session.scalars(rows.limit(MOST)).all()
    copies = (
        select(SeatMessageCopy.message_id, Account.code, SeatMessageCopy.read_at)
        .join(Account, Account.id == SeatMessageCopy.interviewer_id)
        .where(SeatMessageCopy.message_id.in_([each.id for each in found]))
        .order_by(Account.code)
    )
    seats: dict[int, list[tuple[str, bool]]] = {}
    for number, code, read in session.execute(copies):
        seats.setdefault(number, []).append((code or "", read is not None))
    return [_sent(each, seats.get(each.id, [])) for each in found]


def _sent(each: SeatMessage, seats: Sequence[tuple[str, bool]]) -> SentMessage:
    return SentMessage(
        each.id,
        each.at,
        each.by,
        each.text,
        each.is_for_all,
        [code for code, _read in seats],
        [code for code, read in seats if not read],
    )


def unread(session: Session, seat: int) -> Sequence[SeatMessage]:
    """Return what an interviewer was told and hasn't confirmed yet, the earliest first."""
    rows = (
        select(SeatMessage)
        .join(SeatMessageCopy, SeatMessageCopy.message_id == SeatMessage.id)
        .where(SeatMessageCopy.interviewer_id == seat, SeatMessageCopy.read_at.is_(None))
    )
    return session.scalars(rows.order_by(SeatMessage.at, SeatMessage.id)).all()
