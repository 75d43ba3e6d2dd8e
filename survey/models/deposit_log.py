"""What is kept of deposits beside their tables: ledger lines, findings, discards, changes of the map."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base

DECISIONS = ("applied", "refused", "replaced")


class PublicEntry(Base):
    """A line of the public side's ledger, as a deposit brought it. It goes only with a discarded deposit."""

    __tablename__ = "public_entry"

    idx: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    period: Mapped[str] = mapped_column(ForeignKey("deposit.period"), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class DepositFinding(Base):
    """What is amiss with a deposit that was taken in all the same: what kind, counts in JSON. Insert-only."""

    __tablename__ = "deposit_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(7), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    counts: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DepositDiscard(Base):
    """A deposit that a registrar threw out: which, who, why. Its rows are gone, this stays. Insert-only."""

    __tablename__ = "deposit_discard"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    period: Mapped[str] = mapped_column(String(7))
    origin: Mapped[str] = mapped_column(String(120))
    counts: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(400))
    salt: Mapped[str] = mapped_column(String(32))


class MapChange(Base):
    """A deposit gives an area with households another level, parent or type: it waits for a registrar.

    What was asked stays, and so does what was decided; `replaced` by a later deposit that says otherwise.
    """

    __tablename__ = "map_change"
    __table_args__ = (
        CheckConstraint(f"decision IS NULL OR decision IN {DECISIONS}", name="decision"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    period: Mapped[str] = mapped_column(String(7))
    code: Mapped[str] = mapped_column(SHORT, index=True)
    was_level: Mapped[str] = mapped_column(String(16))
    was_parent: Mapped[str | None] = mapped_column(SHORT)
    was_type: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(16))
    parent_code: Mapped[str | None] = mapped_column(SHORT)
    grid_type: Mapped[str] = mapped_column(String(32))
    households: Mapped[int] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_name: Mapped[str | None] = mapped_column(String(80))
    decision: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(400))


class FrozenAbsence(Base):
    """A grid that a frame doesn't have, since which day, and how many households live in it. Insert-only."""

    __tablename__ = "wave_absence"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    grid: Mapped[str] = mapped_column(SHORT, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    since: Mapped[str] = mapped_column(String(10))
    registered: Mapped[int] = mapped_column()
