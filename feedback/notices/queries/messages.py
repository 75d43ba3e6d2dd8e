"""The outbox, read: counts, what didn't go out, what people wrote back, how many want no messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.models import MessageReply, OptOut, OutboxMessage
from huying.base import phones
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.messaging.outbox import KEPT, RETRIED

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message that didn't go out, its number but for the last digits hidden."""

    message: OutboxMessage
    number: str

    @property
    def again(self) -> bool:
        """Whether it can still be sent."""
        return bool(self.message.sealed_number)


@dataclass(frozen=True, slots=True)
class Overview:
    """What the operator's page of messages shows."""

    counts: dict[str, int]
    stuck: Sequence[Stuck]
    replies: Sequence[tuple[MessageReply, str]]
    opted_out: int
    opt_outs: Sequence[OptOut]


def overview(session: Session, *, vault: Vault, now: datetime) -> Overview:
    """Return what became of the messages of the last days."""
    since = OutboxMessage.created_at > now - KEPT
    counted = select(OutboxMessage.state, func.count()).where(since).group_by(OutboxMessage.state)
    live = OptOut.undone_at.is_(None)
    return Overview(
        counts={state: count for state, count in session.execute(counted)},  # noqa: C416
        stuck=[Stuck(each, _shown(each, vault)) for each in _stuck(session)],
        replies=[(each, _hidden(each, vault)) for each in waiting(session)],
        opted_out=session.scalar(select(func.count()).where(live)) or 0,
        opt_outs=session.scalars(select(OptOut).where(live).order_by(OptOut.at.desc()).limit(SHOWN)).all(),
    )


def waiting(session: Session) -> Sequence[MessageReply]:
    """Return what people wrote that somebody has to read, the oldest first."""
    unread = select(MessageReply).where(MessageReply.understood == "other", MessageReply.handled_at.is_(None))
    return session.scalars(unread.order_by(MessageReply.id).limit(SHOWN)).all()


def reply(session: Session, reply_id: int, *, vault: Vault) -> tuple[MessageReply, str]:
    """Return what somebody wrote and the number to answer to, empty where it isn't kept any more."""
    found = session.get(MessageReply, reply_id)
    if found is None or found.understood != "other":
        raise NotFound(_("没有这条回复。"))
    return found, _number(found, vault)


def failing(session: Session, *, now: datetime) -> int:
    """Return how many messages of the last day neither went out nor will."""
    lately = OutboxMessage.created_at > now - timedelta(days=1)
    lost = OutboxMessage.state.in_(RETRIED) & (OutboxMessage.code != "stopped")
    return session.scalar(select(func.count()).where(lately, lost)) or 0


def _stuck(session: Session) -> Sequence[OutboxMessage]:
    lost = OutboxMessage.state.in_(RETRIED) & (OutboxMessage.sealed_number != b"")
    return session.scalars(
        select(OutboxMessage).where(lost).order_by(OutboxMessage.id.desc()).limit(SHOWN)
    ).all()


def _shown(message: OutboxMessage, vault: Vault) -> str:
    name = vault.open(message.sealed_number, where=message.place)
    return phones.masked(name) if message.channel in {"sms", "voice"} else name


def _hidden(found: MessageReply, vault: Vault) -> str:
    number = _number(found, vault)
    return phones.masked(number) if number else ""


def _number(found: MessageReply, vault: Vault) -> str:
    if not found.sealed_number:
        return ""
    return vault.open(found.sealed_number, where=place(found.provider, found.key))


def place(provider: str, key: str) -> str:
    """Return what a reply's number is sealed for."""
    return f"message_reply.number:{provider}/{key}"
