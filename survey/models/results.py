"""A wave's end: what is published beside its score, outcomes put right, answers that count no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base


class WaveResult(Base):
    """The tally as it was published with the score, and late minus the rest; insert-only.

    `late` is empty where nothing may be told, None where no late replicate was sealed.
    """

    __tablename__ = "wave_result"

    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), primary_key=True)
    tally: Mapped[str] = mapped_column(Text)
    late: Mapped[str | None] = mapped_column(Text)


class Correction(Base):
    """A new outcome of a household, as somebody asked for it; `entry` says where the ledger has it.

    A complete is undone by a second person of another role; the ledger holds the reason's digest, with
    `salt`, unless it is a code.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), index=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    from_code: Mapped[str] = mapped_column(SHORT)
    to_code: Mapped[str] = mapped_column(SHORT)
    why: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_role: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    confirmed_role: Mapped[str | None] = mapped_column(String(32))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entry: Mapped[int | None] = mapped_column(BIG)


class DroppedAnswer(Base):
    """A sealed answer that a correction dropped, in this entry: it counts no more. Insert-only."""

    __tablename__ = "dropped_answer"

    commitment: Mapped[str] = mapped_column(
        String(64), ForeignKey("answer_commitment.commitment"), primary_key=True
    )
    entry: Mapped[int] = mapped_column(BIG)


class FreezeCalendar(Base):
    """The days of a year's freezes, announced ahead in this entry of the ledger; insert-only."""

    __tablename__ = "freeze_calendar"

    entry: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column()
    dates: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
