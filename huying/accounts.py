"""Accounts: one table a side, one role an account, passwords by argon2."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_login import UserMixin
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huying.db import UtcDateTime
from huying.errors import Conflict, Invalid
from huying.i18n import _

SHORTEST_PASSWORD = 10
_hasher = PasswordHasher()
# Checked where no such login exists, so that an answer's delay doesn't tell which logins do.
_nobody = _hasher.hash(secrets.token_hex())


class AccountMixin(UserMixin):  # type: ignore[misc]
    """Somebody who signs in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_active(self) -> bool:
        """Whether this account may sign in."""
        return self.active


Account = TypeVar("Account", bound=AccountMixin)


def create(
    session: Session,
    model: type[Account],
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    now: datetime,
    **more: Any,
) -> Account:
    """Store a new account; raise Conflict where the login is taken, Invalid where the password is short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(_("密码至少 %(shortest_password)s 个字符。", shortest_password=SHORTEST_PASSWORD))
    if session.scalar(select(model).where(model.login == login)):
        raise Conflict(_("登录名 %(login)s 已经有人用了。", login=login))
    account = model(
        login=login, name=name, role=role, password_hash=_hasher.hash(password), created_at=now, **more
    )
    account.active = True
    session.add(account)
    session.flush()
    return account


def verified(session: Session, model: type[Account], *, login: str, password: str) -> Account | None:
    """Return the account that this login and password open, or None."""
    account = session.scalar(select(model).where(model.login == login))
    try:
        _hasher.verify(account.password_hash if account else _nobody, password)
    except VerificationError:
        return None
    return account if account and account.active else None
