"""The household registry. It lives here alone: no process of the public side can read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from huying.sheets.remembered import SheetChoiceMixin
from huying.sheets.tried import TriedFileMixin
from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base


class Household(Base):
    """A household: its lasting code, its grid, its address. It leaves by `left_at`, never by deletion."""

    __tablename__ = "household"

    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    grid_code: Mapped[str] = mapped_column(SHORT, index=True)
    address: Mapped[str] = mapped_column(String(200))
    row_hash: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    numbers: Mapped[list[Number]] = relationship(order_by="Number.position", cascade="all, delete-orphan")
    adults: Mapped[list[Adult]] = relationship(order_by="Adult.position", cascade="all, delete-orphan")


class Number(Base):
    """A number of the household, with who gave it, when: a swapped number must be traceable.

    From position 1 on it is in force; superseded ones have negative positions, the latest the lowest.
    `extension` is sealed as the number is.
    """

    __tablename__ = "household_number"
    __table_args__ = (UniqueConstraint("household_code", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_code: Mapped[str] = mapped_column(ForeignKey("household.code"), index=True)
    position: Mapped[int] = mapped_column()
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind_index: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    extension: Mapped[bytes | None] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(String(40))
    source_date: Mapped[date | None] = mapped_column()
    source_by: Mapped[str] = mapped_column(String(64), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Adult(Base):
    """An adult listed with an own number, the oldest first."""

    __tablename__ = "household_adult"
    __table_args__ = (UniqueConstraint("household_code", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_code: Mapped[str] = mapped_column(ForeignKey("household.code"), index=True)
    position: Mapped[int] = mapped_column()
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind_index: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    extension: Mapped[bytes | None] = mapped_column(LargeBinary)


class RegistryTrial(TriedFileMixin, Base):
    """A file of households that somebody tried and hasn't applied yet: one an account.

    `findings` are what was told of it, sealed too.
    """

    __tablename__ = "registry_trial"

    kept = timedelta(hours=12)

    by: Mapped[str] = mapped_column(String(64), primary_key=True)
    findings: Mapped[bytes] = mapped_column(LargeBinary)


class SheetChoice(SheetChoiceMixin, Base):
    """What a registrar said of files with such headings: which column is which."""

    __tablename__ = "sheet_choice"


class RegistryImport(Base):
    """A file that changed the registry: who applied it, what it did, who put a name to it. Insert-only."""

    __tablename__ = "registry_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    read: Mapped[int] = mapped_column()
    created: Mapped[int] = mapped_column()
    changed: Mapped[int] = mapped_column()
    moved: Mapped[int] = mapped_column()
    left: Mapped[int] = mapped_column()
    alarm: Mapped[str] = mapped_column(String(400), default="")
    confirmed_by: Mapped[str] = mapped_column(String(64), default="")
    why: Mapped[str] = mapped_column(String(400), default="")
    # Where its entry stands in the ledger, and the request by which a second registrar put a name to it.
    entry: Mapped[int | None] = mapped_column()
    request_id: Mapped[int | None] = mapped_column()
