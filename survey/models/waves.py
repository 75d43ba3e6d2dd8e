"""A wave: the frozen frame, its design, the sealed parts, and the units drawn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.orm import Mapped, mapped_column

from huying.ledger.store import Ledger
from huying.store.db import UtcDateTime
from survey.kinds import FROM_DEPOSITS, HOUSEHOLDS, KINDS
from survey.models.base import CAMPAIGN_LEDGER, LEDGER, SHORT, UNIT, Base

STATES = ("frozen", "called", "drawn", "closed", "void")


class Wave(Base):
    """One draw and its fieldwork. A wave stands or is void; nothing of it is ever drawn twice.

    States: frozen (T0), called (the public value is in), drawn (fieldwork), closed (T2), void. A drawn wave
    has ended when its field is closed, and is counted when its release is frozen; its score closes it.

    `kind` says what its units are. A campaign (any other kind than `household`) names the deposit whose rows
    are its frame, or the wave whose dead numbers are, and stands in the campaigns' ledger.
    """

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"(kind IN {FROM_DEPOSITS}) = (deposit_period IS NOT NULL)", name="frame_of_deposit"),
        CheckConstraint("(kind = 'phase2') = (phase_of IS NOT NULL)", name="frame_of_wave"),
    )

    label: Mapped[str] = mapped_column(SHORT, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    frame_root: Mapped[str] = mapped_column(String(64))
    frame_size: Mapped[int] = mapped_column()
    design_sha256: Mapped[str] = mapped_column(String(64))
    rules: Mapped[str] = mapped_column(Text)
    frame_secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    beacon_source: Mapped[str] = mapped_column(String(200))
    beacon_value: Mapped[str | None] = mapped_column(String(200))
    beacon_after: Mapped[int | None] = mapped_column()
    draw_key: Mapped[str | None] = mapped_column(String(64))
    field_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_entry: Mapped[int] = mapped_column()
    last_entry: Mapped[int | None] = mapped_column()
    # What was sealed beside the design, as published: empty for waves of version 1.
    terms: Mapped[str | None] = mapped_column(Text)
    groups: Mapped[str | None] = mapped_column(Text)
    codes: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(16), default=HOUSEHOLDS)
    deposit_period: Mapped[str | None] = mapped_column(ForeignKey("deposit.period"))
    phase_of: Mapped[str | None] = mapped_column(ForeignKey("wave.label"))

    @property
    def is_campaign(self) -> bool:
        """Whether it runs beside the waves of the registry, in a ledger of its own."""
        return self.kind not in {None, HOUSEHOLDS}

    @property
    def ledger(self) -> Ledger:
        """The ledger in which its entries stand."""
        return CAMPAIGN_LEDGER if self.is_campaign else LEDGER


OF_REGISTRY = Wave.kind == HOUSEHOLDS
"""Of waves: those whose frame is the registry. Their numbers in the ledger order them; a campaign's don't."""


class Stratum(Base):
    """A grid or an arm of one: how many there are, how many are drawn, and the size of a replicate."""

    __tablename__ = "wave_stratum"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    stratum: Mapped[str] = mapped_column(SHORT, primary_key=True)
    grid_code: Mapped[str] = mapped_column(SHORT)
    frame_size: Mapped[int] = mapped_column()
    sample_size: Mapped[int] = mapped_column()
    replicate_size: Mapped[int] = mapped_column()
    released: Mapped[int] = mapped_column(default=0)
    late: Mapped[int] = mapped_column(default=0)


class WaveArea(Base):
    """The tree of areas as it was at the freeze: a past wave keeps its names whatever the map becomes."""

    __tablename__ = "wave_area"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(SHORT)
    level: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    grid_type: Mapped[str] = mapped_column(String(32))


class FrameUnit(Base):
    """A household, or a deposited row, of the frame under its code for this wave alone.

    The mapping is never published.
    """

    __tablename__ = "frame_unit"
    __table_args__ = (
        UniqueConstraint("wave_label", "household_code"),
        Index("ix_frame_unit_row", "wave_label", "row_code", unique=True),
        CheckConstraint("(household_code IS NULL) <> (row_code IS NULL)", name="whose"),
    )

    unit: Mapped[str] = mapped_column(UNIT, primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    stratum: Mapped[str] = mapped_column(SHORT, index=True)
    commitment: Mapped[str] = mapped_column(String(64))
    household_code: Mapped[str | None] = mapped_column(ForeignKey("household.code"), index=True)
    row_code: Mapped[str | None] = mapped_column(String(128))
    record: Mapped[bytes] = mapped_column(LargeBinary)
    # The canonical record of address and numbers at T0, sealed: what is dialled must open the commitment.
    # Of a deposited row it holds the digest of its line instead.


IN_STRATUM = and_(Stratum.wave_label == FrameUnit.wave_label, Stratum.stratum == FrameUnit.stratum)
"""Joins a household of a frame to its stratum, which knows the grid."""


class Party(Base):
    """An office that sealed a part of the key, and opened it or didn't."""

    __tablename__ = "wave_party"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    party: Mapped[str] = mapped_column(String(64), primary_key=True)
    commitment: Mapped[str] = mapped_column(String(64))
    part: Mapped[str | None] = mapped_column(String(64))


class ListMatch(Base):
    """A household of the frame that stands on a worker's list."""

    __tablename__ = "wave_list_match"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("frame_unit.unit"), primary_key=True)
    staff_code: Mapped[str] = mapped_column(SHORT, primary_key=True)


class SampleUnit(Base):
    """A drawn unit, insert-only. `replicate` 0 is the main sample; reserves wait here for their release."""

    __tablename__ = "sample_unit"
    __table_args__ = (UniqueConstraint("wave_label", "stratum", "rank"),)

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("frame_unit.unit"), primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    stratum: Mapped[str] = mapped_column(SHORT)
    rank: Mapped[int] = mapped_column()
    ticket: Mapped[str] = mapped_column(String(64))
    replicate: Mapped[int] = mapped_column()
    person: Mapped[int | None] = mapped_column()
