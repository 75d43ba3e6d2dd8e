"""What a ceremony keeps beside the ledger: one-time links of parties, what a design promised, early ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base

PURPOSES = ("seal", "open")


class PartyLink(Base):
    """A link by which a party hands in a digest, or later its part, once; a keyed digest of it is kept."""

    __tablename__ = "party_link"
    __table_args__ = (CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    party: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(8))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WaveOutlook(Base):
    """What a design was expected to tell when it was frozen, and why it was frozen nevertheless; insert-only.

    `levels` is canonical JSON: of each level its parts, answers a part, and parts that would be
    shown; the two shares are per mille.
    """

    __tablename__ = "wave_outlook"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    response: Mapped[int] = mapped_column()
    eligible: Mapped[int] = mapped_column()
    levels: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EarlyEnding(Base):
    """Somebody asked to end a field early, with a reason; a second person of another role confirms.

    The ledger holds the reason's digest, with `salt`, unless it is a code.
    """

    __tablename__ = "early_ending"

    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), primary_key=True)
    why: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_role: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_role: Mapped[str | None] = mapped_column(String(32))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
