"""What keeps the registry honest: its own log, files that wait for a second name, counts from outside."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base

KINDS = ("new", "number", "added", "left")
DECISIONS = ("applied", "refused")


class RegistryEvent(Base):
    """A household appears, changes its number or leaves its grid: one salted row, hashed into the ledger.

    `place` is the row's place in its import, in whose order the rows are hashed; `drawn` departures are
    checked by a visit or a letter. Insert-only.
    """

    __tablename__ = "registry_event"
    __table_args__ = (
        UniqueConstraint("import_id", "place"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("registry_import.id"))
    place: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    household_code: Mapped[str] = mapped_column(ForeignKey("household.code"), index=True)
    grid_code: Mapped[str] = mapped_column(SHORT, index=True)
    kind: Mapped[str] = mapped_column(String(8))
    salt: Mapped[str] = mapped_column(String(32))
    drawn: Mapped[bool] = mapped_column()


class RegistryRequest(Base):
    """A file that takes more from a grid than one registrar may: it waits, sealed, for a second one's name.

    `over` says in JSON which grids and by how much, `why` is the importer's reason; the file is forgotten
    once somebody else has decided. Everything else stays.
    """

    __tablename__ = "registry_request"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> by", name="second"),
        CheckConstraint(f"decision IS NULL OR decision IN {DECISIONS}", name="decision"),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (decision IS NULL)",
            name="whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    over: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(String(400))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_name: Mapped[str | None] = mapped_column(String(80))
    decision: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(400))


class DepartureCheck(Base):
    """What a visit or a letter found where a household is said to have left. Insert-only; the last counts."""

    __tablename__ = "departure_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("registry_event.id"), index=True)
    result: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HomeDecision(Base):
    """Whether two households are one home, decided by a registrar; `keep` is the code that stays.

    Insert-only; of several decisions on two codes the last counts.
    """

    __tablename__ = "home_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(SHORT, index=True)
    other: Mapped[str] = mapped_column(SHORT)
    keep: Mapped[str | None] = mapped_column(SHORT)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutsideCount(Base):
    """How many households somebody else counts in a grid: who, on which day. Insert-only; the last counts."""

    __tablename__ = "outside_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_code: Mapped[str] = mapped_column(SHORT, index=True)
    source: Mapped[str] = mapped_column(String(80))
    day: Mapped[date] = mapped_column()
    households: Mapped[int] = mapped_column()
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MarginTable(Base):
    """Households of the city by age, tenure and telephone, as a source counts them. Insert-only.

    `content` is the canonical line of source, day and counts; `sha256` its digest, which a wave seals.
    """

    __tablename__ = "margin_table"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FrozenOutside(Base):
    """A count from outside beside the registry's own, as a freeze found them. Insert-only."""

    __tablename__ = "wave_outside"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    grid: Mapped[str] = mapped_column(SHORT, primary_key=True)
    source: Mapped[str] = mapped_column(String(80), primary_key=True)
    day: Mapped[date] = mapped_column()
    households: Mapped[int] = mapped_column()
    registered: Mapped[int] = mapped_column()
