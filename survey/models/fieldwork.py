"""The call centre: released cases, attempts, interviews, answers, outcomes, and who saw what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huying.ledger.store import BIG
from huying.store.db import UtcDateTime
from survey.models.base import SHORT, UNIT, Base

STATES = ("released", "queued", "resting", "held", "talking", "interviewing", "coding", "closed")


class SampledCase(Base):
    """A released unit on its way to a final outcome. One holder a case, one case a holder.

    `priority` is its class in the queue, `fit` how well the current window suits it, `opens_at` the moment
    from which it may be called, None where no rule opens it: a claim reads these columns alone.
    """

    __tablename__ = "sampled_case"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(holder_id IS NULL) = (lease_until IS NULL)", name="lease"),
        Index("ix_sampled_case_next", "wave_label", "state", "priority", "fit", "counted", "rank"),
        Index("ix_sampled_case_opens", "wave_label", "state", "opens_at", "priority", "next_due"),
    )

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sample_unit.unit"), primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    stratum: Mapped[str] = mapped_column(SHORT)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    fence: Mapped[int] = mapped_column(default=0)
    tab: Mapped[str] = mapped_column(String(32), default="")
    next_due: Mapped[datetime] = mapped_column(UtcDateTime)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    priority: Mapped[int] = mapped_column(default=3)
    fit: Mapped[int] = mapped_column(default=0)
    theta: Mapped[int | None] = mapped_column()
    language: Mapped[str | None] = mapped_column(SHORT)
    # Whom the household wants at its appointment: as the open appointment says, here for the claim to read.
    pinned_id: Mapped[int | None] = mapped_column()
    counted: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column()
    final_code: Mapped[str | None] = mapped_column(SHORT)


class Attempt(Base):
    """One try to reach a case: in the ledger before its outcome is known; closed once."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("unit", "n"),
        Index("ix_attempt_seat_ended", "interviewer_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    n: Mapped[int] = mapped_column()
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dialled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(16))
    window: Mapped[str] = mapped_column(String(4))
    minute_nonce: Mapped[str | None] = mapped_column(String(32))
    code: Mapped[str | None] = mapped_column(SHORT)
    # How it ended: a temporary code, or a final one that closed the case.
    set_by: Mapped[str] = mapped_column(String(16), default="interviewer")
    note: Mapped[str] = mapped_column(Text, default="")
    # Of a refusal: who refused, and why in the trade's codes.
    refused_by: Mapped[str | None] = mapped_column(String(16))
    refusal_reason: Mapped[str | None] = mapped_column(String(16))
    # The household rang us: it was not tried once more.
    is_back: Mapped[bool] = mapped_column(default=False)


class Offer(Base):
    """A case offered to an interviewer: with clock and log the order of offers can be replayed. Insert-only.

    The key is what decided: the class at that moment, then `due` (classes 0 to 2), or `fit`, `counted` and
    `rank`. `theta` is the window's drawn value in millionths; `filtered` says in JSON how many cases before
    it weren't for this interviewer, and why.
    """

    __tablename__ = "offer"

    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    interviewer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    unit: Mapped[str] = mapped_column(UNIT, index=True)
    fence: Mapped[int] = mapped_column()
    offered_as: Mapped[int | None] = mapped_column()
    due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fit: Mapped[int | None] = mapped_column()
    counted: Mapped[int | None] = mapped_column()
    rank: Mapped[int | None] = mapped_column()
    theta: Mapped[int | None] = mapped_column()
    filtered: Mapped[str | None] = mapped_column(Text)
    rules_hash: Mapped[str | None] = mapped_column(String(64))


class Placement(Base):
    """A case put back into the queue: its class and when it is due from then on. Insert-only.

    `after_offer` is the last offer before: it orders placements among offers.
    """

    __tablename__ = "placement"

    seq: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    after_offer: Mapped[int] = mapped_column()
    priority: Mapped[int] = mapped_column()
    due: Mapped[datetime] = mapped_column(UtcDateTime)
    counted: Mapped[int] = mapped_column()
    attempts: Mapped[int] = mapped_column()
    pinned_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    language: Mapped[str | None] = mapped_column(SHORT)


class FitRefresh(Base):
    """A window opened: the waiting cases of a wave got their fit for it. Insert-only.

    `counts` holds the campaign's contacts and attempts by window as of midnight, in JSON.
    """

    __tablename__ = "fit_refresh"

    seq: Mapped[int] = mapped_column(primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    after_offer: Mapped[int] = mapped_column()
    stamp: Mapped[str] = mapped_column(SHORT)
    counts: Mapped[str] = mapped_column(Text)


class InterviewerTrait(Base):
    """What decides which households an interviewer never calls: a street of theirs, a language they speak.

    `line` is the extension of their telephone. A row stands until it is ended; it is never changed otherwise.
    """

    __tablename__ = "interviewer_trait"
    __table_args__ = (CheckConstraint("kind IN ('street', 'language', 'line')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(SHORT)
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Interview(Base):
    """The one interview of a case. What was answered up to `voided_at` counts no more; it may begin again."""

    __tablename__ = "interview"

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), primary_key=True)
    mode: Mapped[str] = mapped_column(String(16), default="phone")
    wording_hash: Mapped[str] = mapped_column(String(64))
    orders: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def began_at(self) -> datetime:
        """When it began, the last time that it did."""
        return self.again_at or self.started_at

    @property
    def is_void(self) -> bool:
        """Whether it was voided and hasn't begun again."""
        return self.voided_at is not None and self.began_at <= self.voided_at


class Answer(Base):
    """An answer as given at a moment; a later revision wins, none is lost. Insert-only."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("unit", "item", "rev"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("interview.unit"), index=True)
    item: Mapped[str] = mapped_column(String(16))
    rev: Mapped[int] = mapped_column()
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    fence: Mapped[int] = mapped_column()


class AttemptAnswer(Base):
    """What was answered to a call item at one attempt; a later revision wins, none is lost. Insert-only."""

    __tablename__ = "attempt_answer"
    __table_args__ = (UniqueConstraint("attempt_id", "item", "rev"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    item: Mapped[str] = mapped_column(String(16))
    rev: Mapped[int] = mapped_column()
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    fence: Mapped[int] = mapped_column()


class AnswerCommitment(Base):
    """The sealed form of a headline answer; openings go to auditors alone. Insert-only."""

    __tablename__ = "answer_commitment"

    commitment: Mapped[str] = mapped_column(String(64), primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), unique=True)
    stratum: Mapped[str] = mapped_column(SHORT)
    nonce: Mapped[str] = mapped_column(String(32))
    answer: Mapped[int] = mapped_column()
    # Binds all answers of the interview; it never leaves the house, or a receipt would tell the unit.
    binding_nonce: Mapped[str | None] = mapped_column(String(32))


class InterviewBinding(Base):
    """What binds all answers of a complete interview without a headline answer. Insert-only."""

    __tablename__ = "interview_binding"

    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), primary_key=True)
    wave_label: Mapped[str] = mapped_column(ForeignKey("wave.label"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))


class AnswerBatch(Base):
    """A commitment stands in the ledger, in this entry. Insert-only."""

    __tablename__ = "answer_batch"

    commitment: Mapped[str] = mapped_column(
        String(64), ForeignKey("answer_commitment.commitment"), primary_key=True
    )
    entry: Mapped[int] = mapped_column(BIG)


class Outcome(Base):
    """A disposition as it was decided at a moment. Insert-only; the last one is in force."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(UNIT, ForeignKey("sampled_case.unit"), index=True)
    code: Mapped[str] = mapped_column(SHORT)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))


class AccessRecord(Base):
    """Somebody saw or opened personal data: who, of which case, what, when. Insert-only."""

    __tablename__ = "access_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(32))
    what: Mapped[str] = mapped_column(String(64))
