"""What carriers and people say back: stored once, then taken; whoever says stop is left in peace at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from feedback.cases.rules import proofs
from feedback.models import MessageReceipt, MessageReply, OptOut, OutboxMessage
from feedback.notices.queries.messages import place
from feedback.reach.operations import pings
from huying.base import phones
from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.messaging import outbox, replies
from huying.messaging.carriers import MessageEvent
from huying.messaging.hours import ASKED
from huying.messaging.outbox import KEPT, OPT_OUT, OutboxMixin
from huying.store import locks

STOPPED, RESUMED = "stopped", "resumed"
PASSING = frozenset({STOPPED, proofs.PURPOSE})
"""Purposes that reach a number which wants no messages: that it was heard, and a code that it asked for."""
CARRIER_STOPPED = ("21610", "stopped")
"""What carriers say where somebody stopped messages with them."""
LIMITED, MOST_A_DAY = "receipt", 6
"""No telephone is flooded with receipts that somebody else has it sent."""
RECEIPTS_KEPT = timedelta(days=90)


def stopped(session: Session, message: OutboxMixin, now: datetime) -> str:
    """Return why a message may not go to its number; empty where it may."""
    if message.channel != "sms" or message.purpose in PASSING or message.number_index is None:
        return ""
    if _opted_out(session, message.number_index) is not None:
        return "stopped"
    if message.purpose != LIMITED:
        return ""
    lately = select(func.count()).where(
        OutboxMessage.purpose == LIMITED,
        OutboxMessage.number_index == message.number_index,
        OutboxMessage.created_at > now - timedelta(days=1),
        OutboxMessage.state.in_(outbox.WENT),
    )
    return "limited" if (session.scalar(lately) or 0) >= MOST_A_DAY else ""


def take(
    session: Session, event: MessageEvent, *, vault: Vault, region: str, allowed: str, now: datetime
) -> bool:
    """Take a verified event; return whether it is new. However often it comes, it is taken once."""
    locks.hold(session, "message-event", f"{event.provider}/{event.key}")
    model = MessageReply if event.kind == "reply" else MessageReceipt
    known = select(model.id).where(model.provider == event.provider, model.key == event.key)
    if session.scalar(known) is not None:
        return False
    if event.kind == "reply":
        _take_reply(session, event, vault=vault, region=region, allowed=allowed, now=now)
    else:
        _take_receipt(session, event, now=now)
    return True


def note_stops(session: Session, *, now: datetime) -> int:
    """Take an opt-out that somebody told the carrier alone; return how many."""
    known = select(OptOut.number_index)  # what was taken back here isn't brought back by an old word
    told = select(OutboxMessage.number_index).where(
        OutboxMessage.state == "failed",
        OutboxMessage.code.in_(CARRIER_STOPPED),
        OutboxMessage.number_index.is_not(None),
        OutboxMessage.number_index.not_in(known),
    )
    stopped = set(session.scalars(told))
    session.add_all(OptOut(number_index=index, at=now) for index in stopped)
    session.flush()
    return len(stopped)


def handle(session: Session, reply_id: int, *, by: str, now: datetime) -> None:
    """Note that somebody has seen to what was written back."""
    ours = (MessageReply.id == reply_id, MessageReply.handled_at.is_(None))
    session.execute(update(MessageReply).where(*ours).values(handled_at=now, handled_by=by))


def forget(session: Session, *, now: datetime) -> None:
    """Blank what people wrote back long enough ago, and drop what carriers said of messages long gone."""
    old = (MessageReply.at < now - KEPT, MessageReply.sealed_number != b"")
    session.execute(update(MessageReply).where(*old).values(sealed_number=b"", text=""))
    session.execute(delete(MessageReceipt).where(MessageReceipt.at < now - RECEIPTS_KEPT))


def _take_receipt(session: Session, event: MessageEvent, *, now: datetime) -> None:
    session.add(
        MessageReceipt(
            provider=event.provider,
            key=event.key,
            identity=event.identity or event.reference,
            state=event.state,
            code=event.code,
            at=now,
        )
    )
    session.flush()
    outbox.take(session, OutboxMessage, event, now=now)


def _take_reply(
    session: Session, event: MessageEvent, *, vault: Vault, region: str, allowed: str, now: datetime
) -> None:
    number = _number(event.number, region=region, allowed=allowed)
    meant = replies.understood(event.text) if number else replies.OTHER
    if meant in {replies.YES, replies.NO}:
        index = vault.index(number, purpose="staff")
        if not pings.answer_by_message(session, index, on_duty=meant == replies.YES, now=now):
            meant = replies.OTHER
    reply = MessageReply(
        provider=event.provider,
        key=event.key,
        at=now,
        sealed_number=vault.seal(number or event.number, where=place(event.provider, event.key)),
        text=event.text,
        understood=meant,
    )
    session.add(reply)
    session.flush()
    if meant == replies.STOP:
        _stop(session, number, vault=vault, now=now)
    elif meant == replies.RESUME:
        _resume(session, number, vault=vault, now=now)


def _stop(session: Session, number: str, *, vault: Vault, now: datetime) -> None:
    """Send a number nothing more, and say so once."""
    index = vault.index(number, purpose=OPT_OUT)
    locks.hold(session, "opt-out", index.hex())
    if _opted_out(session, index) is not None:
        return
    wish = OptOut(number_index=index, at=now)
    session.add(wish)
    session.flush()
    _say(session, STOPPED, wish, number, vault=vault, now=now)


def _resume(session: Session, number: str, *, vault: Vault, now: datetime) -> None:
    """Take an opt-out back, because whoever holds the number says so."""
    wish = _opted_out(session, vault.index(number, purpose=OPT_OUT))
    if wish is not None:
        wish.undone_at = now
        session.flush()
        _say(session, RESUMED, wish, number, vault=vault, now=now)


def _say(session: Session, what: str, wish: OptOut, number: str, *, vault: Vault, now: datetime) -> None:
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=what,
        subject=str(wish.id),
        number=number,
        template=what,
        params={},
        priority=ASKED,
        now=now,
    )


def _opted_out(session: Session, index: bytes) -> OptOut | None:
    live = select(OptOut).where(OptOut.number_index == index, OptOut.undone_at.is_(None))
    return session.scalar(live.limit(1))


def _number(text: str, *, region: str, allowed: str) -> str:
    """Return a sender's number as E.164; empty where it is none, such as a carrier's own service line."""
    try:
        return phones.parse(text, region=region, allowed=allowed)
    except Refused:
        return ""
