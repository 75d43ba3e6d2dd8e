"""The interviewer's desk: breaks, notes of a call, and practice with invented households."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base

BREAKS = ("rest", "meal", "meeting", "technical", "off")
"""Why a seat takes no case; `off` is the end of the day."""
PRACTISED = ("held", "talking", "interviewing", "coding", "closed")


class SeatBreak(Base):
    """A time in which a seat is given no case. Asked for with a case in hand, it begins after that case."""

    __tablename__ = "seat_break"
    __table_args__ = (
        CheckConstraint(f"reason IN {BREAKS}", name="reason"),
        Index("ix_seat_break_seat_ended", "interviewer_id", "ended_at"),
        Index(
            "uq_seat_break_open",
            "interviewer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CallNote(Base):
    """What an interviewer wrote down during a call, for whoever calls this household next. Insert-only."""

    __tablename__ = "call_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    attempt: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str] = mapped_column(Text)


class PracticeCall(Base):
    """A call to an invented household: nothing points from here to a wave, or from a wave to here."""

    __tablename__ = "practice_call"
    __table_args__ = (
        CheckConstraint(f"state IN {PRACTISED}", name="state"),
        Index(
            "uq_practice_call_open",
            "interviewer_id",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    household: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(16), default="held")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dialled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(SHORT)
    # JSON: what was done one after the other, as pairs of an item (or a note, a wish) and its value.
    steps: Mapped[str] = mapped_column(Text, default="[]")
