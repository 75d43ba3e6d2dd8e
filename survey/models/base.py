"""The base of the independent side's tables, and those that the ground shapes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from huying.accounts import AccountMixin
from huying.areas import AreaMixin
from huying.db import new_metadata
from huying.ledger.store import Ledger, LogCheckpointMixin, LogEntryMixin, LogNodeMixin
from huying.messaging.outbox import OutboxMixin
from survey.roles import ROLES


class Base(DeclarativeBase):
    """All tables of the independent side."""

    metadata = new_metadata()


class Area(AreaMixin, Base):
    """City, district, street, community or grid, as the last deposit told it."""

    __tablename__ = "area"


class Account(AccountMixin, Base):
    """Somebody of the independent side who signs in; `code` is what an interviewer tells on the phone."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(f"role IN {tuple(sorted(ROLES))}", name="role"),)

    code: Mapped[str | None] = mapped_column(String(16), unique=True)


class OutboxMessage(OutboxMixin, Base):
    """A message of the independent side."""

    __tablename__ = "outbox"


class LogEntry(LogEntryMixin, Base):
    """A line of the independent side's ledger."""

    __tablename__ = "log_entry"


class LogNode(LogNodeMixin, Base):
    """A node of its tree."""

    __tablename__ = "log_node"


class LogCheckpoint(LogCheckpointMixin, Base):
    """A signed checkpoint."""

    __tablename__ = "log_checkpoint"


LEDGER = Ledger(LogEntry, LogNode, LogCheckpoint)

SHORT = String(32)
UNIT = String(14)
