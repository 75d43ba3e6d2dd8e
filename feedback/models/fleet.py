"""The fleet of posters and badges: printed, proven, looked after; how often each is scanned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import Base
from huying.store.db import UtcDateTime

JOB_KINDS = ("poster", "badge")
INSPECTION_REASONS = ("routine", "silent", "reported")


class PrintJob(Base):
    """Sheets that were asked for: of an area (None: of all), made community by community."""

    __tablename__ = "print_job"
    __table_args__ = (CheckConstraint(f"kind IN {JOB_KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(8), default="poster")
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    paper: Mapped[str] = mapped_column(String(4))
    language: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(64))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str] = mapped_column(String(200), default="")
    """Why it was given up: a sentence for who asked."""


class PrintProof(Base):
    """A file that was read back sheet by sheet and found right; never changed, never deleted."""

    __tablename__ = "print_proof"

    job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id"), primary_key=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    sheets: Mapped[int] = mapped_column()
    symbols: Mapped[int] = mapped_column()
    digest: Mapped[str] = mapped_column(String(64))
    proofed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Badge(Base):
    """A worker's card: two codes by which anybody checks who is at the door. Withdrawn, never reused."""

    __tablename__ = "badge"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    dial_code: Mapped[str] = mapped_column(String(7), unique=True)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    worker_code: Mapped[str] = mapped_column(ForeignKey("worker.code"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_reason: Mapped[str | None] = mapped_column(String(40))


class ScanCount(Base):
    """How often a poster was scanned in an hour; nobody's address, no browser, nothing of who it was."""

    __tablename__ = "scan_count"

    poster_id: Mapped[int] = mapped_column(ForeignKey("poster.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, index=True)
    scans: Mapped[int] = mapped_column()


class Inspection(Base):
    """Somebody is to look at a poster, and did: whether it is ours, where it hangs, how it looks."""

    __tablename__ = "inspection"
    __table_args__ = (CheckConstraint(f"why IN {INSPECTION_REASONS}", name="why"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poster_id: Mapped[int] = mapped_column(ForeignKey("poster.id"), index=True)
    why: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[str | None] = mapped_column(String(64))
    genuine: Mapped[bool | None] = mapped_column()
    note: Mapped[str] = mapped_column(String(200), default="")
    photo: Mapped[bytes | None] = mapped_column(LargeBinary)
