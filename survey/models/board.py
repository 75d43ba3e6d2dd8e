"""The supervisor's board: counts that triggers keep, and messages to the seats."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base


class FieldCount(Base):
    """A summand of a count over a wave's field: the count is the sum of the rows of its key.

    Triggers add a row with each change, so that nobody waits for anybody; the background work gathers them.
    `what` says what is counted, `key` its parts with a bar between.
    """

    __tablename__ = "field_count"
    __table_args__ = (Index("ix_field_count_key", "wave_label", "what", "key", "n"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT)
    what: Mapped[str] = mapped_column(String(8))
    key: Mapped[str] = mapped_column(String(100))
    n: Mapped[int] = mapped_column()


class SeatMessage(Base):
    """What a supervisor tells one seat, or all that there are (`is_for_all`). Insert-only."""

    __tablename__ = "seat_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[str] = mapped_column(String(64))
    is_for_all: Mapped[bool] = mapped_column()
    text: Mapped[str] = mapped_column(Text)


class SeatMessageCopy(Base):
    """A message as it lies at one seat, until its interviewer says that they read it."""

    __tablename__ = "seat_message_copy"
    __table_args__ = (Index("ix_seat_message_copy_unread", "interviewer_id", "read_at"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("seat_message.id"), primary_key=True)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
