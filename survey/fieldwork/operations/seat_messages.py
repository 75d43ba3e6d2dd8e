"""A supervisor tells a seat something, or all of them; an interviewer says that they read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from survey.models import Account, SeatMessage, SeatMessageCopy
from survey.roles import INTERVIEWER

LONGEST = 300


def send(session: Session, text: str, *, to: int | None, by: Account, now: datetime) -> SeatMessage:
    """Lay a message at one seat (`to`, an account), or at all; raise NotFound where nobody sits there."""
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise Invalid(_("口信要写，最多 %(most)s 个字。", most=LONGEST))
    people = select(Account.id).where(Account.role == INTERVIEWER, Account.active).order_by(Account.id)
    seats = [seat for seat in session.scalars(people) if to is None or seat == to]
    if not seats:
        raise NotFound(_("没有这个座席。"))
    message = SeatMessage(at=now, by=by.login, is_for_all=to is None, text=said)
    session.add(message)
    session.flush()
    session.add_all(SeatMessageCopy(message_id=message.id, interviewer_id=seat) for seat in seats)
    session.flush()
    return message


def confirm(session: Session, number: int, *, interviewer: Account, now: datetime) -> None:
    """Keep when an interviewer read a message; a second time changes nothing. Raises NotFound for others'."""
    unread = select(SeatMessageCopy).where(SeatMessageCopy.interviewer_id == interviewer.id)
    copy = {each.message_id: each for each in session.scalars(unread)}.get(number)
    if copy is None:
        raise NotFound(_("没有这条口信。"))
    copy.read_at = copy.read_at or now
    session.flush()
