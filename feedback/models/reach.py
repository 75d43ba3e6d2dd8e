"""How somebody is reached for certain: duty phones, checks by message, swaps, powers, and what changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import SHORT, Base
from huying.store.db import UtcDateTime

PING_STATES = ("asked", "yes", "no", "failed")
POWER_KINDS = ("can", "cannot")


class PostPhone(Base):
    """The duty phone of a grid: it passes from hand to hand and stays with the grid."""

    __tablename__ = "post_phone"

    grid_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), unique=True)


class Ping(Base):
    """A question sent to a number, whether whoever holds it is on duty; its link opens by a token."""

    __tablename__ = "ping"
    __table_args__ = (CheckConstraint(f"state IN {PING_STATES}", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    number_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Which number was asked: an answer says nothing of the one that replaced it."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="asked")


class SwapOffer(Base):
    """A worker asks another to stand in for a time; it holds from the other's yes on."""

    __tablename__ = "swap_offer"
    __table_args__ = (CheckConstraint("valid_from < valid_to", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    from_worker: Mapped[str] = mapped_column(ForeignKey("worker.code"), index=True)
    to_worker: Mapped[str] = mapped_column(ForeignKey("worker.code"), index=True)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime] = mapped_column(UtcDateTime)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id"))
    """The duty that the yes made; None for a no, or while nobody has answered."""
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it was taken back, asked for only or agreed to."""
    undone_by: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """Which worker took it back, or OFFICE where somebody left."""


class Power(Base):
    """What a grid worker can or can't do, as the scan page tells it; an empty grid type stands for all."""

    __tablename__ = "power"
    __table_args__ = (
        CheckConstraint(f"kind IN {POWER_KINDS}", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_type: Mapped[str] = mapped_column(SHORT, default="", index=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(80))
    instead: Mapped[str] = mapped_column(String(80), default="")
    """Who does it instead, where a worker can't."""
    number: Mapped[str] = mapped_column(String(20), default="")
    """That office's number as it is printed; an institution's, so it is nobody's secret."""
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnswerChange(Base):
    """A mark that something changed on which scan pages hang; the database itself makes it, by triggers."""

    __tablename__ = "answer_change"

    id: Mapped[int] = mapped_column(primary_key=True)
