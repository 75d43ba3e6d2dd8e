"""Who is told what, until somebody takes it; what carriers and people said back; who wants no messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import Base
from huying.store.db import UtcDateTime

REPLIES = ("stop", "resume", "yes", "no", "other")
SETTLED = ("told", "taken", "over", "nobody")


class Notice(Base):
    """Somebody to be told of a step of a case: once, or again and again until somebody takes it.

    Of a deadline that passed, `escalation_id` is its number and the step the last one before; else it is 0.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("step_id", "who", "escalation_id"),
        CheckConstraint(f"outcome IS NULL OR outcome IN {SETTLED}", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("case_step.id"), index=True)
    escalation_id: Mapped[int] = mapped_column(default=0)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    event: Mapped[str] = mapped_column(String(16))
    desk: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When to tell next; None once it is settled."""
    times: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(String(16))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticedStep(Base):
    """A step of a case that the notices have seen; only those of the last days are kept."""

    __tablename__ = "noticed_step"

    step_id: Mapped[int] = mapped_column(ForeignKey("case_step.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageReceipt(Base):
    """What a carrier said of a message, stored before anything is made of it; a repetition is stored once."""

    __tablename__ = "message_receipt"
    __table_args__ = (UniqueConstraint("provider", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    identity: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessageReply(Base):
    """What somebody wrote back; number and words are kept for some days."""

    __tablename__ = "message_reply"
    __table_args__ = (
        UniqueConstraint("provider", "key"),
        CheckConstraint(f"understood IN {REPLIES}", name="understood"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sealed_number: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[str] = mapped_column(Text)
    understood: Mapped[str] = mapped_column(String(8))
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handled_by: Mapped[str | None] = mapped_column(String(64))


class OptOut(Base):
    """A number that wants no messages, found by its index alone; only whoever holds it takes that back."""

    __tablename__ = "opt_out"

    id: Mapped[int] = mapped_column(primary_key=True)
    number_index: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
