"""The outbox: what is to be sent is a row of the same transaction as its cause, and the row is the truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from huying.base.phones import Vault
from huying.messaging.carriers import Carrier, Delivery
from huying.store.db import Database, UtcDateTime

LEASE = timedelta(minutes=2)
STATES = ("queued", "sending", "sent", "failed", "unknown")


class OutboxMixin:
    """One message to one number; (purpose, subject, round) is unique: one cause, one message."""

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(default=1)
    sealed_number: Mapped[bytes] = mapped_column()
    template: Mapped[str] = mapped_column(String(64))
    params: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        """One message a cause; a known state."""
        return (
            UniqueConstraint("purpose", "subject", "round"),
            CheckConstraint(f"state IN {STATES}", name="state"),
        )


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
) -> None:
    """Store a message to `number` (E.164), unless this cause has one already."""
    cause = (model.purpose == purpose, model.subject == subject, model.round == round)
    if session.scalar(select(model.id).where(*cause)) is not None:
        return
    make: Callable[..., Message] = model
    session.add(
        make(
            purpose=purpose,
            subject=subject,
            round=round,
            sealed_number=vault.seal(number, where=_place(purpose, subject)),
            template=template,
            params=json.dumps(dict(params), ensure_ascii=False, sort_keys=True),
            state="queued",
            created_at=now,
        )
    )
    session.flush()


def drain(
    database: Database, model: type[OutboxMixin], *, carrier: Carrier, vault: Vault, now: datetime
) -> int:
    """Send what is queued; return how many were sent. The network is used between transactions only."""
    sent = 0
    _give_up_lost(database, model, now=now)
    while message := _lease(database, model, now=now):
        number = vault.open(message.sealed_number, where=_place(message.purpose, message.subject))
        outcome = carrier.send(
            str(message.id), number=number, template=message.template, params=json.loads(message.params)
        )
        _settle(database, model, message.id, outcome=outcome, now=now)
        sent += outcome is Delivery.SENT
    return sent


def _lease(database: Database, model: type[Message], *, now: datetime) -> Message | None:
    """Take the oldest queued message; one at a time, so that a sender that dies holds only one."""
    queued = select(model).where(model.state == "queued").order_by(model.id).limit(1)
    with database.transaction() as session:
        message = session.scalar(queued.with_for_update(skip_locked=True))
        if message is not None:
            message.state, message.leased_until = "sending", now + LEASE
    return message


def _give_up_lost(database: Database, model: type[OutboxMixin], *, now: datetime) -> None:
    # A sender that died leaves its row in `sending`: nobody knows whether it went out, so not again.
    lost = (model.state == "sending", model.leased_until < now)
    with database.transaction() as session:
        session.execute(update(model).where(*lost).values(state="unknown", settled_at=now))


def _settle(
    database: Database, model: type[OutboxMixin], identity: int, *, outcome: Delivery, now: datetime
) -> None:
    with database.transaction() as session:
        message = session.get_one(model, identity)
        message.state, message.settled_at = outcome.value, now


def _place(purpose: str, subject: str) -> str:
    return f"outbox.number:{purpose}/{subject}"
