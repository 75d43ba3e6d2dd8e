"""What calls leave behind: dials, numbers, appointments, wishes, doubts about a household, days off."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base

OPEN_DIALS = ("requested", "unknown", "queued", "initiated", "ringing", "in_progress")
"""States of a call that may still be under way: no other number of the household is dialled meanwhile."""
DIAL_STATES = (*OPEN_DIALS, "completed", "busy", "no_answer", "failed", "canceled")
NUMBER_STATES = ("untested", "live", "suspect", "bad")
DAYS_OFF = ("holiday", "workday")


class CaseNumber(Base):
    """A number of a sampled household, in the order in which it is dialled, and what calls said of it.

    `position` counts from 1, as the record was frozen; the number itself stays in that sealed record.
    """

    __tablename__ = "case_number"
    __table_args__ = (CheckConstraint(f"state IN {NUMBER_STATES}", name="state"),)

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    blind_index: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    state: Mapped[str] = mapped_column(String(8), default="untested")


class Dial(Base):
    """One call to one number, committed before anything rings; no number twice in an attempt.

    `number_ref` names the number to an adapter without telling it (`unit/position`). `code` is the temporary
    code that the call ended with, set by the provider, the interviewer or a rule; it stays. `line_ended_at`
    is when its line was known to be over, `cause` and `heard` what the carrier told of it, `number_index`
    and `route` the keyed indexes of what is dialled and of its country and carrier; `records`: whoever
    carries it can record.
    """

    __tablename__ = "dial"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        CheckConstraint(f"state IN {DIAL_STATES}", name="state"),
        Index("ix_dial_started_at", "started_at"),
        Index(
            "ix_dial_open",
            "unit",
            unique=True,
            sqlite_where=text(f"state IN {OPEN_DIALS}"),
            postgresql_where=text(f"state IN {OPEN_DIALS}"),
        ),
    )

    ulid: Mapped[str] = mapped_column(String(26), primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int] = mapped_column()
    number_ref: Mapped[str] = mapped_column(String(24))
    adapter: Mapped[str] = mapped_column(String(16))
    provider_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="requested")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code: Mapped[str | None] = mapped_column(SHORT)
    set_by: Mapped[str | None] = mapped_column(String(16))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    line_ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[str] = mapped_column(String(16), default="")
    heard: Mapped[str] = mapped_column(String(16), default="")
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    route: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    records: Mapped[bool] = mapped_column(default=False)


class Appointment(Base):
    """A time that somebody of the household asked for; one is open a case.

    It is kept where somebody dialled within ten minutes of it. `pinned_id` is whom the household wants.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "ix_appointment_open",
            "unit",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_appointment_open_at",
            "at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    with_respondent: Mapped[bool] = mapped_column()
    pinned_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept: Mapped[bool | None] = mapped_column()


class DoNotCall(Base):
    """A wish never to be called again: of a household, and of each of its numbers, in all waves and modes.

    One wish is a row for the household and one for each number, of the same `wish`. It is lifted only as the
    resident asks for it, or taken back before the interviewer went on.
    """

    __tablename__ = "dnc"
    __table_args__ = (
        CheckConstraint("household_code IS NOT NULL OR number_index IS NOT NULL", name="whose"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wish: Mapped[str] = mapped_column(String(26), index=True)
    unit: Mapped[str | None] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    household_code: Mapped[str | None] = mapped_column(SHORT, index=True)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    how: Mapped[str] = mapped_column(String(16))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(64))
    lifted_why: Mapped[str | None] = mapped_column(String(200))


class EligibilityStatement(Base):
    """Somebody said of a household that it isn't eligible (a code of that class), or that it is (None).

    `by` is the interviewer or the registrar who heard it. Insert-only.
    """

    __tablename__ = "eligibility_statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    code: Mapped[str | None] = mapped_column(SHORT)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))


class CaseEvent(Base):
    """What happened to a case that no other table tells: a press taken back, a wish undone. Insert-only."""

    __tablename__ = "case_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(SHORT)


class Holiday(Base):
    """A day that isn't what its weekday says: a public holiday, or a weekend day that is worked instead."""

    __tablename__ = "holiday"
    __table_args__ = (CheckConstraint(f"kind IN {DAYS_OFF}", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
