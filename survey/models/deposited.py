"""What the deposits brought: posts, cases, rating counts, workers' lists. Contacts stay sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base


class Deposit(Base):
    """A deposit that was accepted, whole."""

    __tablename__ = "deposit"

    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    origin: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checkpoint: Mapped[str] = mapped_column(Text)
    counts: Mapped[str] = mapped_column(Text)


class Post(Base):
    """Who held which grid from..to."""

    __tablename__ = "deposited_post"

    period: Mapped[str] = mapped_column(ForeignKey("deposit.period"), primary_key=True)
    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    grid_code: Mapped[str] = mapped_column(SHORT, index=True)
    staff_code: Mapped[str] = mapped_column(SHORT, index=True)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_contact: Mapped[str] = mapped_column(Text)
    stale_hours: Mapped[str] = mapped_column(SHORT)


class DepositedCase(Base):
    """A case as the public side tells it in a period; `line` is the deposited row, whole.

    A case is told again until it is final: its last period is what holds, those before are its history.
    """

    __tablename__ = "deposited_case"

    period: Mapped[str] = mapped_column(ForeignKey("deposit.period"), primary_key=True)
    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    area_code: Mapped[str] = mapped_column(SHORT, index=True)
    category: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(SHORT)
    line: Mapped[str] = mapped_column(Text)


class RatingCount(Base):
    """How often an item was answered with an option, per area and holder: volunteered, never a score."""

    __tablename__ = "deposited_rating_count"

    period: Mapped[str] = mapped_column(ForeignKey("deposit.period"), primary_key=True)
    code: Mapped[str] = mapped_column(String(120), primary_key=True)
    area_code: Mapped[str] = mapped_column(SHORT)
    line: Mapped[str] = mapped_column(Text)


class ListEntry(Base):
    """A row of a worker's respondent list, sealed; matched to the registry by a job at the freeze."""

    __tablename__ = "deposited_list_row"

    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    period: Mapped[str] = mapped_column(ForeignKey("deposit.period"), index=True)
    staff_code: Mapped[str] = mapped_column(SHORT, index=True)
    grid_code: Mapped[str] = mapped_column(SHORT, index=True)
    sealed_contact: Mapped[str] = mapped_column(Text)
    sealed_address: Mapped[str] = mapped_column(Text)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DepositedRow(Base):
    """A deposited visit, poster or change of the remit, whole: the frame of campaigns to come."""

    __tablename__ = "deposited_row"

    period: Mapped[str] = mapped_column(ForeignKey("deposit.period"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    code: Mapped[str] = mapped_column(String(128), primary_key=True)
    area_code: Mapped[str] = mapped_column(SHORT, index=True)
    line: Mapped[str] = mapped_column(Text)
