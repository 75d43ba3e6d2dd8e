"""Whose hours they were: released once for a period, frozen, with the digest of what it was computed from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import Base


class AttributionRelease(Base):
    """The figures of a period as JSON, the `number`-th that was made of it; insert-only.

    `why` says why it was made again, and is empty of the first.
    """

    __tablename__ = "attribution_release"
    __table_args__ = (
        UniqueConstraint("period", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(number = 1) = (why = '')", name="why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(7), index=True)
    number: Mapped[int] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(Text)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
