"""Tokens by which programs read published tables, and how often each was used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import Base

READS = ("published", "frozen")
FINEST = ("city", "street", "community", "grid")
MOST_AN_HOUR = 10_000


class ApiToken(Base):
    """A token of a program, as a keyed digest; revoked once, and never removed.

    `reads` says whether releases count that are frozen but not published yet, `finest` the smallest areas
    that it reads. `made_role` is empty where a command made it; an administrator, who sees no data, hands out
    what everybody may see.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(f"reads IN {READS}", name="reads"),
        CheckConstraint(f"finest IN {FINEST}", name="finest"),
        CheckConstraint("length(digest) = 32", name="digest"),
        CheckConstraint(f"per_hour BETWEEN 1 AND {MOST_AN_HOUR}", name="per_hour"),
        CheckConstraint("expires_at > made_at", name="expires"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        CheckConstraint(
            "made_role <> 'administrator' OR (reads = 'published' AND finest IN ('city', 'street'))",
            name="given",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(200))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    reads: Mapped[str] = mapped_column(String(16))
    finest: Mapped[str] = mapped_column(String(16))
    per_hour: Mapped[int] = mapped_column()
    made_by: Mapped[str] = mapped_column(String(64))
    made_role: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(64))


class ApiTokenHour(Base):
    """How often a token was answered in an hour, and how often refused as too often; counts only grow."""

    __tablename__ = "api_token_hour"
    __table_args__ = (CheckConstraint("used >= 0 AND refused >= 0", name="counts"),)

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    used: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
