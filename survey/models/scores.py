"""Published scores: frozen, with the digest of what they were computed from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import Base


class ScoreRelease(Base):
    """The scores of one wave, as rows of JSON; insert-only.

    `body` is the published table; `detail` the figures unrounded, for auditors alone.
    """

    __tablename__ = "score_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
