"""The resident's word and what surrounds it: versions, receipts, proofs of a number, photos, joins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import SHORT, Base
from feedback.models.cases import ANSWERS
from huying.store.db import UtcDateTime
from huying.store.insert_only import protect

CHANNELS = ("link", "telephone")
RECEIPT_CHANNELS = ("receipt", "late")
PROOFS = ("message", "call", "voice", "before")
MARKS = ("contact", "poster", "address", "number", "same")
WRONG_CODES = ("code", "dial")
VERDICTS = ("exclude", "keep")
CALLS = ("asked", "prove", "contested", "word")


class RatingVersion(Base):
    """What a rating was when it was given or changed; the last one counts. Only its words may be blanked."""

    __tablename__ = "rating_version"
    __table_args__ = (
        CheckConstraint(f"channel IN {CHANNELS}", name="channel"),
        CheckConstraint(f"solved IN {ANSWERS}", name="solved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("rating.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(64), default="")
    solved: Mapped[str] = mapped_column(String(16))
    conduct: Mapped[int | None] = mapped_column()
    result: Mapped[int | None] = mapped_column()
    words: Mapped[str] = mapped_column(Text, default="")


class RatingTrace(Base):
    """How a version of a rating came in; addresses are digests by a key of the day. Gone after 30 days."""

    __tablename__ = "rating_trace"

    version_id: Mapped[int] = mapped_column(ForeignKey("rating_version.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    network: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    of_staff: Mapped[bool] = mapped_column(default=False)


class ReceiptWord(Base):
    """Solved or not, said with a receipt: a channel of its own, in no rate. Each version stays."""

    __tablename__ = "receipt_word"
    __table_args__ = (
        CheckConstraint(f"channel IN {RECEIPT_CHANNELS}", name="channel"),
        CheckConstraint(f"solved IN {ANSWERS}", name="solved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    round: Mapped[int] = mapped_column()
    channel: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    solved: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="")
    settles_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64), default="", server_default="")
    """Which operator took it down; empty where the resident typed it."""


class ResidentCall(Base):
    """A call that operators make to a resident in a round of a case; `tries` counts what nobody answered."""

    __tablename__ = "resident_call"
    __table_args__ = (
        UniqueConstraint("case_id", "why", "round"),
        CheckConstraint(f"why IN {CALLS}", name="why"),
        CheckConstraint("outcome IN ('', 'done', 'unreached')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    why: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column()
    taken_by: Mapped[str] = mapped_column(String(64), default="")
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(16), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ContactProof(Base):
    """Whether somebody proved that the number of a case is theirs; a new number counts once it is proven."""

    __tablename__ = "contact_proof"
    __table_args__ = (CheckConstraint(f"how IN {PROOFS}", name="how"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    how: Mapped[str] = mapped_column(String(16))
    sealed_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proven_by: Mapped[str] = mapped_column(String(64), default="")


class CasePhoto(Base):
    """A photo that came with a case, made small and without metadata."""

    __tablename__ = "case_photo"

    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CaseJoin(Base):
    """Two cases that may be one matter: joined once a desk and the second resident agree."""

    __tablename__ = "case_join"
    __table_args__ = (UniqueConstraint("case_id", "into_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("help_case.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[str] = mapped_column(String(64))
    desk_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resident_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RequestMark(Base):
    """That something was asked from somewhere, as a digest: what limits count, for 30 days."""

    __tablename__ = "request_mark"
    __table_args__ = (CheckConstraint(f"kind IN {MARKS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    urgency: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("help_case.id"))


class WrongCode(Base):
    """That somebody tried a code that nothing has, as a digest of their network; forgotten after an hour."""

    __tablename__ = "wrong_code"
    __table_args__ = (
        CheckConstraint(f"kind IN {WRONG_CODES}", name="kind"),
        CheckConstraint("length(key) = 16", name="key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    key: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LimitedRequest(Base):
    """A request that a limit held back, for reviewers to see; never changed."""

    __tablename__ = "limited_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("poster.id"))
    grid_code: Mapped[str | None] = mapped_column(SHORT)
    urgency: Mapped[str] = mapped_column(String(16), default="")
    category: Mapped[str] = mapped_column(String(80), default="")


class RatingVerdict(Base):
    """What a reviewer decided on a rating, with a reason; two who agree to exclude do. Never changed."""

    __tablename__ = "rating_verdict"
    __table_args__ = (
        UniqueConstraint("rating_id", "by"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("rating.id"), index=True)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(300), default="")


protect(Base.metadata.tables["limited_request"], Base.metadata.tables["rating_verdict"])
