"""The outbox: what is to be sent is a row of the same transaction as its cause, and the row is the truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.messaging.carriers import MessageEvent
from huying.messaging.hours import PRIORITIES, USUAL
from huying.store.db import UtcDateTime

STATES = ("queued", "sending", "sent", "delivered", "failed", "unknown", "dropped")
CHANNELS = ("sms", "chat", "mail", "voice")
WENT = ("sent", "delivered")
"""States of a message that left the house."""
RANKS = {"unknown": 1, "sent": 2, "failed": 3, "delivered": 4}
"""Of several words on one message the highest counts, in whatever order they come; others are 0."""
RETRIED = ("failed", "unknown", "dropped")
KEPT = timedelta(days=7)
"""How long the number and the words of a message are kept."""
PASSING = frozenset({"30001", "30003", "unreachable"})
"""What carriers say of trouble that passes: a queue that was full, a telephone that was off."""
PASSES_IN, MOST_RETRIED = timedelta(minutes=45), 2
OPT_OUT = "opt-out"
"""The purpose of the index by which a number that wants no messages is found."""


class OutboxMixin:
    """One message to one number; (purpose, subject, round) is unique: one cause, one message.

    `sealed_number` holds a number, the name of a chat group or an address of mail, as the channel has it.
    `due_at` is when to try next, or to look up what became of it.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(default=1)
    channel: Mapped[str] = mapped_column(String(8), default="sms", server_default="sms")
    priority: Mapped[str] = mapped_column(String(8), default=USUAL, server_default=USUAL)
    sealed_number: Mapped[bytes] = mapped_column()
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    template: Mapped[str] = mapped_column(String(64))
    params: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="queued", index=True)
    code: Mapped[str] = mapped_column(String(32), default="", server_default="")
    reference: Mapped[str | None] = mapped_column(String(64), index=True)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    retried: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        """One message a cause; a known state, channel and priority."""
        return (
            UniqueConstraint("purpose", "subject", "round"),
            CheckConstraint(f"state IN {STATES}", name="state"),
            CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
            CheckConstraint(f"priority IN {PRIORITIES}", name="priority"),
        )

    @property
    def identity(self) -> str:
        """What a carrier is told that this message is called; another one once it is tried anew."""
        return f"{int(self.created_at.timestamp() * 1000):012x}-{self.id:08d}-{self.retried}"

    @property
    def place(self) -> str:
        """What the number is sealed for."""
        return f"outbox.number:{self.purpose}/{self.subject}"


Message = TypeVar("Message", bound=OutboxMixin)


def post(
    session: Session,
    model: type[Message],
    *,
    vault: Vault,
    purpose: str,
    subject: str,
    number: str,
    template: str,
    params: Mapping[str, str],
    now: datetime,
    round: int = 1,  # noqa: A002
    channel: str = "sms",
    priority: str = USUAL,
) -> bool:
    """Store a message to `number`, unless this cause has one already; return whether it is new."""
    cause = (model.purpose == purpose, model.subject == subject, model.round == round)
    if session.scalar(select(model.id).where(*cause)) is not None:
        return False
    make: Callable[..., Message] = model
    message = make(
        purpose=purpose,
        subject=subject,
        round=round,
        channel=channel,
        priority=priority,
        template=template,
        params=json.dumps(dict(params), ensure_ascii=False, sort_keys=True),
        state="queued",
        created_at=now,
    )
    message.sealed_number = vault.seal(number, where=message.place)
    message.number_index = vault.index(number, purpose=OPT_OUT)
    session.add(message)
    session.flush()
    return True


def take(session: Session, model: type[Message], event: MessageEvent, *, now: datetime) -> Message | None:
    """Take a carrier's word on a message; words repeated, late or in another order give the same state."""
    message = _of_event(session, model, event)
    if message is None or RANKS.get(event.state, 0) <= RANKS.get(message.state, 0):
        return message
    if event.state == "failed" and event.code in PASSING and message.retried < MOST_RETRIED:
        message.retried, message.attempts, message.due_at = message.retried + 1, 0, now + PASSES_IN
        message.state, message.code, message.reference = "queued", event.code, None
        session.flush()
        return message
    message.state, message.code, message.settled_at = event.state, event.code, now
    message.reference = message.reference or event.reference or None
    session.flush()
    return message


def retry(session: Session, model: type[Message], message_id: int, *, now: datetime) -> Message:
    """Queue a message once more that didn't go out; raise Conflict for one that did, or is no longer kept.

    What may have gone out keeps its identity, so that a carrier which took it can tell.
    """
    message = session.get(model, message_id, with_for_update=True)
    if message is None:
        raise NotFound(_("没有这条短信。"))
    if message.state not in RETRIED or not message.sealed_number:
        raise Conflict(_("这条短信已经发出，或者内容已经删除，不能重发。"))
    message.retried += message.state != "unknown"
    message.state, message.code, message.attempts, message.due_at = "queued", "", 0, now
    session.flush()
    return message


def forget(session: Session, model: type[OutboxMixin], *, now: datetime) -> int:
    """Blank the numbers and words of old messages; what is still queued then is dropped. Return how many."""
    old = (model.created_at < now - KEPT, model.sealed_number != b"")
    waiting = (*old, model.state.in_(("queued", "sending")))
    session.execute(update(model).where(*waiting).values(state="dropped", code="stale", settled_at=now))
    blank = {"sealed_number": b"", "number_index": None, "params": "{}"}
    found = list(session.scalars(select(model.id).where(*old)))
    session.execute(update(model).where(*old).values(**blank))
    return len(found)


def by_identity(session: Session, model: type[Message], identity: str) -> Message | None:
    """Return the message that a carrier was told is called so, held against other writers."""
    parts = identity.split("-")
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 10):
        return None
    message = session.get(model, int(parts[1]), with_for_update=True, populate_existing=True)
    return message if message is not None and message.identity == identity else None


def _of_event(session: Session, model: type[Message], event: MessageEvent) -> Message | None:
    if (message := by_identity(session, model, event.identity)) is not None:
        return message
    if len(event.identity.split("-")) == 3 or not event.reference:
        return None
    return session.scalar(select(model).where(model.reference == event.reference).with_for_update().limit(1))
