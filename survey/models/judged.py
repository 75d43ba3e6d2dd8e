"""Whoever is judged looks before the public does: previews, codes of cards, appeals and what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base

APPEAL_REASONS = ("holder", "cases", "vacant", "registry", "arithmetic", "other")
APPEAL_OUTCOMES = ("confirmed", "corrected")
APPEAL_ROLES = ("auditor", "registrar", "supervisor")


class ScorePreview(Base):
    """The days in which the judged see a frozen release before it is public; insert-only."""

    __tablename__ = "score_preview"

    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), primary_key=True)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry: Mapped[int] = mapped_column(BIG)


class CardCode(Base):
    """A code that opens the card of an area, as a keyed digest; a new one ends the one before."""

    __tablename__ = "card_code"
    __table_args__ = (
        CheckConstraint("length(digest) = 32", name="digest"),
        Index(
            "uq_card_code_live",
            "wave_label",
            "unit",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("score_preview.wave_label"))
    unit: Mapped[str] = mapped_column(SHORT)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Appeal(Base):
    """What the holder of a card says is wrong with it, and who counts it again until when.

    `number` counts those of a wave; `cases` are codes of deposited cases, as JSON. `recount` says what came
    of the figures computed once more, as JSON. Each of the later columns is filled once.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("wave_label", "number"),
        CheckConstraint(f"reason IN {APPEAL_REASONS}", name="reason"),
        CheckConstraint(f"taken_role IN {APPEAL_ROLES}", name="taken_role"),
        CheckConstraint("(taken_by IS NULL) = (taken_at IS NULL)", name="taken"),
        CheckConstraint("(recount IS NULL) = (recounted_at IS NULL)", name="recounted"),
        CheckConstraint("due_at > lodged_at", name="due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("score_preview.wave_label"))
    number: Mapped[int] = mapped_column()
    unit: Mapped[str] = mapped_column(SHORT, index=True)
    reason: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)
    cases: Mapped[str] = mapped_column(Text)
    lodged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entry: Mapped[int] = mapped_column(BIG)
    taken_by: Mapped[str | None] = mapped_column(String(64))
    taken_role: Mapped[str | None] = mapped_column(SHORT)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recount: Mapped[str | None] = mapped_column(Text)
    recounted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppealFinding(Base):
    """What one person found of an appeal, and whether a second one of another role agrees: it then stands.

    One that was sent back stays; another may follow it. `entry` says where the ledger has the decision.
    """

    __tablename__ = "appeal_finding"
    __table_args__ = (
        CheckConstraint(f"outcome IN {APPEAL_OUTCOMES}", name="outcome"),
        CheckConstraint(f"found_role IN {APPEAL_ROLES}", name="found_role"),
        CheckConstraint(f"second_role IN {APPEAL_ROLES}", name="second_role"),
        CheckConstraint("second_by <> found_by AND second_role <> found_role", name="second"),
        CheckConstraint(
            "(agrees IS NULL) = (second_at IS NULL) AND (second_by IS NULL) = (second_at IS NULL) "
            "AND (second_role IS NULL) = (second_at IS NULL)",
            name="whole",
        ),
        Index(
            "uq_appeal_finding_stands",
            "appeal_id",
            unique=True,
            sqlite_where=text("second_at IS NULL OR agrees"),
            postgresql_where=text("second_at IS NULL OR agrees"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    outcome: Mapped[str] = mapped_column(String(16))
    said: Mapped[str] = mapped_column(Text)
    found_by: Mapped[str] = mapped_column(String(64))
    found_role: Mapped[str] = mapped_column(SHORT)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    second_by: Mapped[str | None] = mapped_column(String(64))
    second_role: Mapped[str | None] = mapped_column(SHORT)
    second_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agrees: Mapped[bool | None] = mapped_column()
    entry: Mapped[int | None] = mapped_column(BIG)
