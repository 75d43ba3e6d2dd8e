"""What leaves for the independent side: deposits made, lists that workers handed in, visits they claim."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import SHORT, Base
from huying.store.db import UtcDateTime


class DepositRun(Base):
    """A deposit that was made: one a period, its digest in the ledger before the file left."""

    __tablename__ = "deposit_run"

    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(String(64))
    file: Mapped[bytes] = mapped_column(LargeBinary)


class WorkerList(Base):
    """A list of respondents that a worker handed in, with the time of hand-in."""

    __tablename__ = "worker_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    worker_code: Mapped[str] = mapped_column(ForeignKey("worker.code"), index=True)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListRow(Base):
    """One household of a worker's list; number and address sealed at rest."""

    __tablename__ = "worker_list_row"

    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("worker_list.id"), index=True)
    sealed_number: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)


class Visit(Base):
    """A visit that a worker claims; number and address sealed at rest, opened by nobody here."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(SHORT, unique=True)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    worker_code: Mapped[str] = mapped_column(ForeignKey("worker.code"), index=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_address: Mapped[bytes | None] = mapped_column(LargeBinary)
