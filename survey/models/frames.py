"""What makes a frame credible: codes of letters, questions asked, each grid in counts, checked numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base


class LetterCode(Base):
    """The random code on a household's letter; it opens nothing but the answer "in the frame" or "not"."""

    __tablename__ = "letter_code"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    household_code: Mapped[str] = mapped_column(ForeignKey("household.code"), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutsideLetter(Base):
    """The code on a letter to an address that another register has; `plain` is the address, unspelt."""

    __tablename__ = "outside_letter"
    __table_args__ = (UniqueConstraint("grid_code", "plain"),)

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    grid_code: Mapped[str] = mapped_column(SHORT)
    address: Mapped[str] = mapped_column(String(200))
    plain: Mapped[str] = mapped_column(String(400))
    source: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Question(Base):
    """Somebody asked, by a keyed digest of the address; forgotten when it no longer counts."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class FrozenGrid(Base):
    """A grid of a frozen frame in counts: doubtful numbers, and what changed since the last wave."""

    __tablename__ = "wave_grid"

    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), primary_key=True)
    grid: Mapped[str] = mapped_column(SHORT, primary_key=True)
    households: Mapped[int] = mapped_column()
    missing: Mapped[int] = mapped_column()
    shared: Mapped[int] = mapped_column()
    staff: Mapped[int] = mapped_column()
    changed: Mapped[int] = mapped_column()
    before: Mapped[int] = mapped_column()
    gone: Mapped[int] = mapped_column()
    new: Mapped[int] = mapped_column()
    # Households that the registry held, those too that the frame leaves out.
    registered: Mapped[int] = mapped_column(default=0)
    # Households registered, or gone, without a row of the registry's log that says so.
    unlogged: Mapped[int] = mapped_column(default=0)
    # Households that may be one home with another, undecided.
    twins: Mapped[int] = mapped_column(default=0)


class ControlCheck(Base):
    """What another source, or a visit, said of the number of a household drawn for the control part."""

    __tablename__ = "control_check"

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("frame_unit.unit"), primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    result: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
