"""Interviews checked by somebody else: who is called again, what that told, and what is disputed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base

CHOSEN_FOR = ("lot", "short", "even")
VERDICTS = ("agrees", "differs", "refused", "not_reached", "silent")
CAUSES = ("call_back", "flag")
DECISIONS = ("stands", "voided")


class CallBackDraw(Base):
    """A day's lots: which completes are called again, as this entry of the ledger has it. Insert-only.

    `after` is the entry that sealed the day's answers, `size` and `root` are the checkpoint's.
    """

    __tablename__ = "call_back_draw"

    entry: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), index=True)
    after: Mapped[int] = mapped_column(BIG)
    size: Mapped[int] = mapped_column(BIG)
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallBack(Base):
    """A household that is called again about its interview, by anybody but who held it.

    `holder_id` has it in hand since `taken_at`; `said` is what was answered, in JSON. Closed once.
    """

    __tablename__ = "call_back"
    __table_args__ = (
        CheckConstraint(f"reason IN {CHOSEN_FOR}", name="reason"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("holder_id <> interviewer_id", name="holder"),
        CheckConstraint("by_id <> interviewer_id", name="by"),
        CheckConstraint("(verdict IS NULL) = (ended_at IS NULL)", name="ended"),
    )

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), primary_key=True)
    entry: Mapped[int] = mapped_column(BIG, ForeignKey("call_back_draw.entry"), index=True)
    reason: Mapped[str] = mapped_column(String(8))
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    next_due: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dialled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    said: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[str | None] = mapped_column(String(16))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Dispute(Base):
    """A supervisor doubts an interview; its interviewer is heard, and somebody of another role decides.

    `attempt_id` is the call in which it ended. A voided one has its correction. Each step is taken once.
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint(f"cause IN {CAUSES}", name="cause"),
        CheckConstraint(f"decision IN {DECISIONS}", name="decision"),
        CheckConstraint("decided_by <> opened_by AND decided_role <> opened_role", name="second"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decision <> 'voided' OR correction_id IS NOT NULL", name="voided"),
        Index(
            "uq_dispute_open",
            "unit",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), index=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    cause: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_role: Mapped[str] = mapped_column(SHORT)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard: Mapped[str | None] = mapped_column(Text)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(8))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_role: Mapped[str | None] = mapped_column(SHORT)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"))
