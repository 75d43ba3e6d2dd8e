"""Accounts themselves: made, given a password, put out of use."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.accounts import passwords
from huying.accounts.tables import AccountMixin, Tables
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _

LONGEST = 64
Account = TypeVar("Account", bound=AccountMixin)


def check_login(login: str, name: str) -> None:
    """Raise Invalid where login or name is missing, too long, or can't be typed again."""
    if not 0 < len(login) <= LONGEST or not 0 < len(name) <= LONGEST:
        raise Invalid(_("登录名和姓名都要写，各不超过 %(longest)s 个字。", longest=LONGEST))
    if login != login.strip() or not login.isprintable():
        raise Invalid(_("登录名的前后不能有空格，中间不能有看不见的字符。"))


def create(
    session: Session,
    model: type[Account],
    *,
    login: str,
    name: str,
    role: str,
    password: str | None,
    now: datetime,
    **more: Any,
) -> Account:
    """Store a new account; without a password nobody can sign in by it until an invitation is followed.

    Raise Conflict where the login is taken, Invalid where a field is wrong or the password too weak.
    """
    check_login(login, name)
    if password is not None:
        passwords.check(password, login=login, name=name)
    if session.scalar(select(model).where(model.login == login)):
        raise Conflict(_("登录名 %(login)s 已经有人用了。", login=login))
    kept = "" if password is None else passwords.hashed(password)
    account = model(login=login, name=name, role=role, password_hash=kept, created_at=now, **more)
    account.active = True
    session.add(account)
    session.flush()
    return account


def verified(session: Session, model: type[Account], *, login: str, password: str) -> Account | None:
    """Return the account that this login and password open, or None; one argon2 in every case."""
    account = session.scalar(select(model).where(model.login == login))
    fits = passwords.fits(account.password_hash if account else "", password)
    return account if account and fits and account.active else None


def set_password(session: Session, account: AccountMixin, password: str) -> None:
    """Give the account this password; raise Invalid where it is too weak."""
    passwords.check(password, login=account.login, name=account.name)
    account.password_hash = passwords.hashed(password)
    session.flush()


def set_active(session: Session, tables: Tables, account: AccountMixin, *, active: bool) -> None:
    """Put an account into or out of use; raise Conflict where it is the last administrator's."""
    account.active = active
    session.flush()
    if not active and not _others(session, tables, account):
        raise Conflict(_("这是最后一个能用的管理员账号，不能停用。"))


def _others(session: Session, tables: Tables, account: AccountMixin) -> bool:
    if account.role != "administrator":
        return True
    model = tables.account
    left = select(func.count()).where(model.role == account.role, model.active)
    return bool(session.scalar(left))
