"""The base of the independent side's tables, and those that the ground shapes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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
from huying.store.db import extension, new_metadata
from survey.roles import ROLES


class Base(DeclarativeBase):
    """All tables of the independent side."""

    metadata = new_metadata()


db = extension(Base)


class Area(AreaMixin, Base):
    """City, district, street, community or grid, as the last deposit told it."""

    __tablename__ = "area"


class Account(accounts.AccountMixin, Base):
    """Somebody of the independent side who signs in; `code` is what an interviewer tells on the phone."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint(f"role IN {tuple(sorted(ROLES))}", name="role"),)

    code: Mapped[str | None] = mapped_column(String(16), unique=True)


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


class LogWitness(LogWitnessMixin, Base):
    """A witness of the ledger."""

    __tablename__ = "log_witness"


class LogCosignature(LogCosignatureMixin, Base):
    """A witness's signature under a checkpoint."""

    __tablename__ = "log_cosignature"


LEDGER = Ledger(LogEntry, LogNode, LogCheckpoint, LogWitness, LogCosignature)


class CampaignEntry(LogEntryMixin, Base):
    """A line of the campaigns' ledger: what runs beside a wave has a log of its own."""

    __tablename__ = "campaign_entry"


class CampaignNode(LogNodeMixin, Base):
    """A node of its tree."""

    __tablename__ = "campaign_node"


class CampaignCheckpoint(LogCheckpointMixin, Base):
    """A signed checkpoint of the campaigns' ledger."""

    __tablename__ = "campaign_checkpoint"


class CampaignCosignature(LogCosignatureMixin, Base):
    """A witness's signature under a checkpoint of the campaigns' ledger."""

    __tablename__ = "campaign_cosignature"


# The same institutions witness both: they are taken in and dropped once.
CAMPAIGN_LEDGER = Ledger(CampaignEntry, CampaignNode, CampaignCheckpoint, LogWitness, CampaignCosignature)

SHORT = String(32)
UNIT = String(14)
