"""What carriers say of dials, as it came; what the telephone system wrote down of calls dialled by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base


class DialEvent(Base):
    """A verified event of a carrier, stored before anything is made of it. Insert-only.

    `raw` is sealed: it may hold a number. `payload` is its keyed index, `key` a repetition's too.
    """

    __tablename__ = "provider_event"
    __table_args__ = (UniqueConstraint("provider", "call_sid", "key", "payload"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    call_sid: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128))
    payload: Mapped[bytes] = mapped_column(LargeBinary(16))
    dial_ulid: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(16))
    heard: Mapped[str] = mapped_column(String(16))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LaterKey(Base):
    """What an interviewer said of a dial whose end its carrier had told before: the case follows the first.

    `said` is a code by which nobody was reached, or `answered`. Insert-only.
    """

    __tablename__ = "later_key"
    __table_args__ = (UniqueConstraint("dial_ulid", "said"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dial_ulid: Mapped[str] = mapped_column(String(26), ForeignKey("dial.ulid"))
    said: Mapped[str] = mapped_column(SHORT)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class TelephoneFile(Base):
    """A file of the telephone system's call records, and the time that it covers. Insert-only."""

    __tablename__ = "telephone_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    covers_from: Mapped[datetime] = mapped_column(UtcDateTime)
    covers_until: Mapped[datetime] = mapped_column(UtcDateTime)
    taken: Mapped[int] = mapped_column()
    unread: Mapped[int] = mapped_column()
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TelephoneRecord(Base):
    """A call as the telephone system wrote it down, by the keyed index of its number. Insert-only."""

    __tablename__ = "telephone_record"
    __table_args__ = (
        UniqueConstraint("at", "extension", "number_index", "seconds"),
        Index("ix_telephone_record_number_index", "number_index"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("telephone_file.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    extension: Mapped[str] = mapped_column(String(32))
    number_index: Mapped[bytes] = mapped_column(LargeBinary(16))
    seconds: Mapped[int] = mapped_column()
