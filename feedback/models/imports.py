"""What imports keep: files that were tried, runs that were carried out, and the remit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import SHORT, Base
from huying.sheets.remembered import SheetChoiceMixin
from huying.sheets.tried import TriedFileMixin
from huying.store.db import UtcDateTime

FILE_STATES = ("tried", "applied")


class ImportFile(TriedFileMixin, Base):
    """A file that somebody tried, and what became of it."""

    __tablename__ = "import_file"
    __table_args__ = (CheckConstraint(f"state IN {FILE_STATES}", name="state"),)

    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    kind: Mapped[str] = mapped_column(SHORT)
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16), default="tried")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))

    @property
    def key(self) -> str:
        """What tells this row from the others of its table."""
        return self.code


class SheetChoice(SheetChoiceMixin, Base):
    """What somebody said of files with such headings: which column is which."""

    __tablename__ = "sheet_choice"


class ImportRun(Base):
    """One import that was carried out: what it read, what came of it, and who put their name to an alarm."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(SHORT)
    file_sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read: Mapped[int] = mapped_column()
    created: Mapped[int] = mapped_column()
    changed: Mapped[int] = mapped_column()
    unchanged: Mapped[int] = mapped_column()
    left: Mapped[int | None] = mapped_column()
    by: Mapped[str | None] = mapped_column(String(64))
    confirmed_by: Mapped[str | None] = mapped_column(String(64))


class Remit(Base):
    """Which department answers for a category in an area and those below it, over [valid_from, valid_to).

    The nearest area that says something counts. Rows are added or ended, never erased, so the past stays
    answerable; `supporting` is a canonical JSON list of departments.
    """

    __tablename__ = "remit"
    __table_args__ = (
        UniqueConstraint("category", "area_code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(80), index=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    lead: Mapped[str] = mapped_column(ForeignKey("department.code"))
    supporting: Mapped[str] = mapped_column(Text, default="[]")
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_by: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
