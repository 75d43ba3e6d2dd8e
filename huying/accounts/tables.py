"""What a side keeps of those who sign in: shapes of its tables, which each side makes its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime

ADMINISTRATOR = "administrator"
"""What both sides call the role that makes accounts."""

DIGEST = LargeBinary(32)


class AccountMixin(UserMixin):  # type: ignore[misc]
    """Somebody who signs in. Without a password (an empty hash) an invitation is still open.

    `subject` is what an identity provider calls this person, where one is used.
    """

    session_token = ""
    """The token of the session by which this account was found; no column."""

    session_seen_at: datetime | None = None
    """When that session's last page was noted, as it was found; no column."""

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    subject: Mapped[str | None] = mapped_column(String(255), index=True)

    @property
    def is_active(self) -> bool:
        """Whether this account may sign in."""
        return self.active

    def get_id(self) -> str:
        """Return what a browser keeps: the token of its session, never the account's number."""
        return self.session_token


class SessionMixin:
    """A browser that is signed in; the row ends with the session. Until `settled` a code is still due."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_digest: Mapped[bytes] = mapped_column(DIGEST, unique=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    client: Mapped[str] = mapped_column(String(40))
    settled: Mapped[bool] = mapped_column()


class LinkMixin:
    """A link by which the account's owner sets a password, once. Only a keyed digest of it is stored."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(DIGEST, unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FailureMixin:
    """An attempt to sign in that didn't succeed: of whom and from where, as a keyed digest of each kind."""

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[bytes] = mapped_column(DIGEST, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignInMixin:
    """A line of the sign-in log, never changed. `login` is empty where no account has what was typed.

    People type passwords into the wrong field: what isn't a login is not written down.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    login: Mapped[str] = mapped_column(String(64), index=True)
    outcome: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(64), default="")


class FactorMixin:
    """The secret of an account's authenticator, sealed, and the last time step that a code was used of."""

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column()


class RecoveryMixin:
    """A recovery code, as a keyed digest: signs in once where the authenticator is lost."""

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[bytes] = mapped_column(DIGEST, unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KnownBrowserMixin:
    """A browser in which an account's owner has signed in before, by the digest of what it keeps.

    Others' failures don't hold its attempts up.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[bytes] = mapped_column(DIGEST)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UnsentFormMixin:
    """What somebody sent after their session was over, sealed: offered back once they have signed in."""

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Tables:
    """One side's tables of accounts."""

    account: type[AccountMixin]
    session: type[SessionMixin]
    link: type[LinkMixin]
    failure: type[FailureMixin]
    sign_in: type[SignInMixin]
    factor: type[FactorMixin]
    recovery: type[RecoveryMixin]
    browser: type[KnownBrowserMixin]
    unsent: type[UnsentFormMixin]
