"""The base of the public side's tables, and those that the ground shapes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from feedback.roles import ROLES
from huying import accounts
from huying.ledger.store import (
    Ledger,
    LogCheckpointMixin,
    LogCosignatureMixin,
    LogEntryMixin,
    LogNodeMixin,
    LogWitnessMixin,
)
from huying.messaging.outbox import OutboxMixin
from huying.store.areas import AreaMixin
from huying.store.db import UtcDateTime, extension, new_metadata


class Base(DeclarativeBase):
    """All tables of the public side."""

    metadata = new_metadata()


db = extension(Base)


class Area(AreaMixin, Base):
    """City, district, street, community or grid; a dissolved grid stays, for what happened in it."""

    __tablename__ = "area"

    households: Mapped[int | None] = mapped_column()
    """How many households a grid has, as the office says; None where nobody said."""
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Account(accounts.AccountMixin, Base):
    """Somebody of the public side who signs in: one account, one role, one place of work."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(f"role IN {tuple(sorted(ROLES))}", name="role"),)

    area_code: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    worker_code: Mapped[str | None] = mapped_column(ForeignKey("worker.code"), index=True)
    department_code: Mapped[str | None] = mapped_column(ForeignKey("department.code"), index=True)


class AccountSession(accounts.SessionMixin, Base):
    """A browser that is signed in."""

    __tablename__ = "account_session"


class AccountLink(accounts.LinkMixin, Base):
    """A one-time link that sets a password."""

    __tablename__ = "account_link"


class AccountFailure(accounts.FailureMixin, Base):
    """An attempt to sign in that failed."""

    __tablename__ = "account_failure"


class SignIn(accounts.SignInMixin, Base):
    """A line of the sign-in log."""

    __tablename__ = "sign_in"


class SecondFactor(accounts.FactorMixin, Base):
    """An authenticator that is bound to an account."""

    __tablename__ = "second_factor"


class RecoveryCode(accounts.RecoveryMixin, Base):
    """A code that stands in for the authenticator, once."""

    __tablename__ = "recovery_code"


class KnownBrowser(accounts.KnownBrowserMixin, Base):
    """A browser in which an account's owner has signed in before."""

    __tablename__ = "known_browser"
    __table_args__ = (
        UniqueConstraint("account_id", "digest"),
        CheckConstraint("length(digest) = 32", name="digest"),
    )


class UnsentForm(accounts.UnsentFormMixin, Base):
    """What was sent after a session's end."""

    __tablename__ = "unsent_form"


ACCOUNTS = accounts.Tables(
    Account,
    AccountSession,
    AccountLink,
    AccountFailure,
    SignIn,
    SecondFactor,
    RecoveryCode,
    KnownBrowser,
    UnsentForm,
)


class OutboxMessage(OutboxMixin, Base):
    """A message of the public side."""

    __tablename__ = "outbox"


class LogEntry(LogEntryMixin, Base):
    """A line of the public side's ledger."""

    __tablename__ = "log_entry"


class LogNode(LogNodeMixin, Base):
    """A node of its tree."""

    __tablename__ = "log_node"


class LogCheckpoint(LogCheckpointMixin, Base):
    """A signed checkpoint."""

    __tablename__ = "log_checkpoint"


class LogWitness(LogWitnessMixin, Base):
    """A witness of the ledger."""

    __tablename__ = "log_witness"


class LogCosignature(LogCosignatureMixin, Base):
    """A witness's signature under a checkpoint."""

    __tablename__ = "log_cosignature"


LEDGER = Ledger(LogEntry, LogNode, LogCheckpoint, LogWitness, LogCosignature)

SHORT = String(32)
