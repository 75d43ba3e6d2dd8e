"""Who serves whom and how they are reached: workers, departments, duty, contacts, posters."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import SHORT, Base
from huying.store.db import UtcDateTime

POSTER_STATES = ("issued", "posted", "retired")


class Worker(Base):
    """A grid worker."""

    __tablename__ = "worker"

    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Department(Base):
    """An office that a whistle can call."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(SHORT, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    accept_hours: Mapped[int] = mapped_column(default=24)
    resolve_hours: Mapped[int] = mapped_column(default=120)


class Contact(Base):
    """A number by which a worker or an office is reached, sealed; shown only while it is known to work."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint("kind IN ('mobile', 'landline', 'relay')", name="kind"),
        CheckConstraint("(worker_code IS NULL) <> (office_name IS NULL)", name="one_owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    worker_code: Mapped[str | None] = mapped_column(ForeignKey("worker.code"), index=True)
    office_name: Mapped[str | None] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind_index: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    hours_from: Mapped[time | None] = mapped_column()
    hours_to: Mapped[time | None] = mapped_column()
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a resident last said that it doesn't work: it is checked at once, and moves nobody."""


class Fallback(Base):
    """A step of the chain behind a worker, inherited by the areas below: grid leaders, then institutions."""

    __tablename__ = "fallback"

    area_code: Mapped[str] = mapped_column(ForeignKey("area.code"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    leader: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a person answers there, the grid leader: shown only while the number is known to work."""


class Duty(Base):
    """Who holds a grid from..to (half-open) on a layer: 0 holder, 1 planned cover, 2 swap, 3 emergency.

    No two live rows of one grid and layer overlap: an exclusion constraint on PostgreSQL, triggers on SQLite.
    """

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("layer BETWEEN 0 AND 3", name="layer"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    worker_code: Mapped[str] = mapped_column(ForeignKey("worker.code"), index=True)
    layer: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(80), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str] = mapped_column(String(64))
    retracted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Poster(Base):
    """A poster: two codes for one place of one grid. The code leads to the poster, the poster to the grid."""

    __tablename__ = "poster"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    dial_code: Mapped[str] = mapped_column(String(7), unique=True)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    grid_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    place: Mapped[str] = mapped_column(String(120))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proofed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posted_by: Mapped[str | None] = mapped_column(String(64))
    last_scan_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The beginning of the last hour in which somebody scanned it."""
    last_genuine_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_genuine_by: Mapped[str | None] = mapped_column(String(64))
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_reason: Mapped[str | None] = mapped_column(String(40))
    undecided: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its grid was split and nobody has said yet in which part it hangs."""
    replaced_by: Mapped[str | None] = mapped_column(String(8))
