"""Published scores: frozen, with the digest of what they were computed from; what is put right afterwards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base


class ScoreRelease(Base):
    """The first scores of one wave, as rows of JSON; insert-only.

    `body` is the published table; `detail` the figures unrounded, for auditors alone.
    """

    __tablename__ = "score_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)

    @property
    def number(self) -> int:
        """It is the first of its wave."""
        return 1


class CorrectedRelease(Base):
    """Scores of a wave that were made again, beside those before them: the `number`-th, and why; insert-only.

    `why` is published. `body` and `detail` are those of a score release.
    """

    __tablename__ = "corrected_release"
    __table_args__ = (
        UniqueConstraint("wave_label", "number"),
        CheckConstraint("number > 1", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"))
    number: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(Text)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)


class UndoneComplete(Base):
    """A complete that is undone after its wave's scores are out, as somebody asked for it.

    A second person of another role confirms it; it counts no more from release `number` on, which is empty
    until that is made. Whatever was written stays.
    """

    __tablename__ = "undone_complete"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), index=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), unique=True)
    to_code: Mapped[str] = mapped_column(SHORT)
    why: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_role: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_role: Mapped[str | None] = mapped_column(String(32))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    number: Mapped[int | None] = mapped_column()


class ScoreMaking(Base):
    """Scores of a wave that a process of the background makes, as somebody asked for it by page.

    `why` is that of a release made again, empty for the first one. Whoever computes holds it by `holder` and
    gives a sign of life (`beat_at`) with the `step`, and how much of it is done. `ended_by` is who stopped
    it. A wave has one alone that isn't over.
    """

    __tablename__ = "score_making"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'stopped', 'failed')",
            name="state",
        ),
        CheckConstraint("(state = 'running') = (holder IS NOT NULL)", name="held"),
        CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("step_done >= 0 AND step_done <= step_of", name="step"),
        Index(
            "uq_score_making_live",
            "wave_label",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), index=True)
    why: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    holder: Mapped[str | None] = mapped_column(String(32))
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    step: Mapped[str] = mapped_column(String(8), default="")
    step_done: Mapped[int] = mapped_column(default=0)
    step_of: Mapped[int] = mapped_column(default=0)
    inputs_sha256: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    failure: Mapped[str | None] = mapped_column(String(200))
