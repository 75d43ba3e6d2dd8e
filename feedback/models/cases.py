"""Cases and what happens to them: steps, whistles, ratings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback.models.base import SHORT, Base
from feedback.models.people import Department
from huying.store.db import UtcDateTime
from huying.store.insert_only import protect

SOURCES = ("poster", "voice", "operator", "staff", "import")
ANSWERS = ("solved", "not_solved", "unsure")
WHISTLE_STATES = ("sounded", "accepted", "done", "refused", "handed_back", "escalated", "ended")
ESCALATIONS = ("accept", "due", "further", "idling", "backstop", "void")
VERDICTS = ("confirmed", "declined")
OPEN = sql("holder <> ''")
"""What isn't over, in the words of the index that lists it by deadline."""


class Case(Base):
    """What somebody asked for help with. State and holder repeat the last step, for work lists."""

    __tablename__ = "help_case"
    __table_args__ = (
        UniqueConstraint("source_name", "external_id"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        Index("ix_help_case_due", "due_at", "id"),
        Index("ix_help_case_running", "due_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    receipt_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    source: Mapped[str] = mapped_column(String(16))
    source_name: Mapped[str | None] = mapped_column(SHORT)
    external_id: Mapped[str | None] = mapped_column(String(64))
    content_hash: Mapped[str | None] = mapped_column(String(64))
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("poster.id"))
    grid_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    worker_code: Mapped[str | None] = mapped_column(ForeignKey("worker.code"), index=True)
    category: Mapped[str] = mapped_column(String(80), index=True)
    detail: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    urgency: Mapped[str] = mapped_column(String(16), default="ordinary")
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_index: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    flags: Mapped[str] = mapped_column(String(80), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), index=True)
    holder: Mapped[str] = mapped_column(String(48), index=True)
    round: Mapped[int] = mapped_column(default=1)
    round_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When this round began; None where the first one did with the case."""
    keeper: Mapped[str] = mapped_column(String(48), default="", server_default="", index=True)
    """Whose desk it is, spelt like a holder; the holder's own unless the resident has it or it is paused."""
    lead: Mapped[str] = mapped_column(String(48), default="", server_default="")
    """The department that was named to lead this round and can't refuse."""
    idling: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """Why it goes round instead of forward, a code; empty where it doesn't."""
    former_worker: Mapped[str | None] = mapped_column(SHORT)
    """Who had it before the grid leader gave it to a colleague, with whom it stays whoever is on duty."""

    steps: Mapped[list[CaseStep]] = relationship(order_by="CaseStep.id", back_populates="case")
    whistles: Mapped[list[Whistle]] = relationship(order_by="Whistle.id", back_populates="case")


class CaseStep(Base):
    """An event of a case; never changed, never deleted. Custody is computed from steps alone."""

    __tablename__ = "case_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(48))
    state: Mapped[str] = mapped_column(String(16))
    holder: Mapped[str] = mapped_column(String(48))
    round: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    hours_of: Mapped[str] = mapped_column(String(48), default="", server_default="")
    """Whose hours, from `since` to this step, count as those of `hours_to`."""
    hours_to: Mapped[str] = mapped_column(String(48), default="", server_default="")
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship(back_populates="steps")


class Whistle(Base):
    """A call to a department, answered or not; the clock is the department's from its first second."""

    __tablename__ = "whistle"
    __table_args__ = (CheckConstraint(f"state IN {WHISTLE_STATES}", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), index=True)
    request: Mapped[str] = mapped_column(Text)
    sounded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    accept_due: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="sounded")
    reason: Mapped[str] = mapped_column(Text, default="")
    reason_code: Mapped[str] = mapped_column(String(16), default="", server_default="")
    instead: Mapped[str | None] = mapped_column(SHORT)
    """The department that it should be, according to a refusal."""
    sounded_by: Mapped[str] = mapped_column(String(48), default="", server_default="")
    remit_lead: Mapped[str | None] = mapped_column(SHORT)
    """Which department the remit named at that moment."""
    why: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Why it went to another than the remit names."""
    lead: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the department was named to lead: it can't refuse."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the case went elsewhere, or ended, before the department was done."""

    case: Mapped[Case] = relationship(back_populates="whistles")
    department: Mapped[Department] = relationship()


class Rating(Base):
    """The invitation to rate one round of a case, and its answer. The token itself is never stored."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("case_id", "round"),
        CheckConstraint(f"solved IS NULL OR solved IN {ANSWERS}", name="solved"),
        CheckConstraint("conduct IS NULL OR conduct BETWEEN 1 AND 5", name="conduct"),
        CheckConstraint("result IS NULL OR result BETWEEN 1 AND 5", name="result"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    conduct_of: Mapped[str | None] = mapped_column(SHORT)
    result_of: Mapped[str] = mapped_column(String(48))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(16), default="link", server_default="link")
    settles_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    solved: Mapped[str | None] = mapped_column(String(16))
    conduct: Mapped[int | None] = mapped_column()
    result: Mapped[int | None] = mapped_column()
    words: Mapped[str] = mapped_column(Text, default="")


class Pause(Base):
    """A case stands still: asked for by its holder, countersigned by another line or void after a day."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    reason: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(48))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    countersigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    countersigned_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(16))

    case: Mapped[Case] = relationship()


class Escalation(Base):
    """Something of a case that has to be told upwards, recorded once; `key` names what it is within the case.

    It moves nothing. Whoever carries news reads these rows in the order of their numbers.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("case_id", "key"),
        CheckConstraint(f"kind IN {ESCALATIONS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    round: Mapped[int] = mapped_column(default=1)
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    level: Mapped[str] = mapped_column(String(16))
    number: Mapped[int] = mapped_column(default=0)
    whistle_id: Mapped[int | None] = mapped_column(ForeignKey("whistle.id"))
    passed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    case: Mapped[Case] = relationship()


class ScopeVerdict(Base):
    """A coordinator's proposal that a case is out of scope, and what an independent reviewer says of it."""

    __tablename__ = "scope_verdict"
    __table_args__ = (
        CheckConstraint(f"verdict IS NULL OR verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verdict: Mapped[str | None] = mapped_column(String(16))

    case: Mapped[Case] = relationship()


class CasePrint(Base):
    """Somebody printed a case: who, when, and whether with the resident's number. Rows are only added."""

    __tablename__ = "case_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    login: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    numbered: Mapped[bool] = mapped_column()


protect(Base.metadata.tables["case_print"])
