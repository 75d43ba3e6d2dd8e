"""Calls to a dialled code: what the provider told, what is made of it, and calls that an operator places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import Base
from huying.store.db import UtcDateTime

STAGES = ("code", "place", "ringing", "operator", "missed", "over")
PLACED = ("requested", "accepted", "refused", "unknown")


class Call(Base):
    """A call that came in: its number sealed, and the case that it became if nobody answered."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("provider", "call"),
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    call: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_caller: Mapped[bytes | None] = mapped_column(LargeBinary)
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("poster.id"))
    stage: Mapped[str] = mapped_column(String(16), default="code")
    turn: Mapped[int] = mapped_column(default=0)
    """How often the caller was heard: it tells the same keys twice from one word repeated."""
    wrong: Mapped[int] = mapped_column(default=0)
    leg: Mapped[int] = mapped_column(default=0)
    answered: Mapped[bool] = mapped_column(default=False)
    declined: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("help_case.id"), unique=True)


class CallRecord(Base):
    """An event as the provider told it, stored before anything is made of it, and once."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("provider", "call", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    call: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    raw: Mapped[str] = mapped_column(Text)
    reply: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What was answered, sealed: a repetition is told the same, and rings nobody else."""


class CallLeg(Base):
    """A number that a call was to ring, fixed when the caller said yes."""

    __tablename__ = "call_leg"

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    sealed_number: Mapped[bytes] = mapped_column(LargeBinary)
    result: Mapped[str | None] = mapped_column(String(16))


class Connection(Base):
    """A call that an operator placed for a caller: stored before it is placed, and never placed twice."""

    __tablename__ = "connection"
    __table_args__ = (CheckConstraint(f"state IN {PLACED}", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    once: Mapped[str] = mapped_column(String(64), unique=True)
    poster_id: Mapped[int] = mapped_column(ForeignKey("poster.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    placed_by: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="requested")
