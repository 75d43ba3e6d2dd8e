"""One-time links by which an account's owner sets the password: to an invitation, or after losing it."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from huying.accounts import browsers, history, lockout, people, sessions
from huying.accounts.tables import AccountMixin, Tables
from huying.base.errors import Conflict, Gone
from huying.base.i18n import _
from huying.base.keys import Keyring

LIFE = timedelta(hours=72)
KEY = "account-links"


def make(
    session: Session, tables: Tables, account: AccountMixin, *, keys: Keyring, by: str, now: datetime
) -> str:
    """Return the token of a new link; links of this account that weren't used yet are void."""
    if not account.active:
        raise Conflict(_("这个账号已停用，请先恢复。"))
    revoke(session, tables, account)
    token = secrets.token_urlsafe(24)
    purpose = "reset" if account.password_hash else "invitation"
    times = {"made_at": now, "expires_at": now + LIFE}
    row = {"account_id": account.id, "digest": _digest(token, keys), "purpose": purpose, "made_by": by}
    session.add(tables.link(**row, **times))
    history.write(session, tables, login=account.login, outcome=purpose, by=by, now=now)
    return token


def revoke(session: Session, tables: Tables, account: AccountMixin) -> None:
    """Make every link of the account that wasn't used yet void."""
    model = tables.link
    session.execute(delete(model).where(model.account_id == account.id, model.used_at.is_(None)))


def opened(session: Session, tables: Tables, token: str, *, keys: Keyring, now: datetime) -> AccountMixin:
    """Return the account of a link; raise Gone where it was used, is too old or never existed."""
    link, account = tables.link, tables.account
    found: AccountMixin | None = session.scalar(
        select(account)
        .join(link, link.account_id == account.id)
        .where(link.digest == _digest(token, keys), link.used_at.is_(None), link.expires_at > now)
        .where(account.active)
    )
    if found is None:
        raise Gone(_("这个链接已经用过或过了期。请向管理员要一个新的。"))
    return found


def follow(
    session: Session,
    tables: Tables,
    token: str,
    *,
    password: str,
    keys: Keyring,
    address: str,
    now: datetime,
) -> AccountMixin:
    """Set the password by a link, which is used up; every session of the account ends, a lockout too."""
    account = opened(session, tables, token, keys=keys, now=now)
    people.set_password(session, account, password)
    link = tables.link
    used = session.execute(
        update(link)
        .where(link.digest == _digest(token, keys), link.used_at.is_(None))
        .values(used_at=now)
        .returning(link.id)
    ).all()
    if not used:
        raise Gone(_("这个链接已经用过或过了期。请向管理员要一个新的。"))
    sessions.end_all(session, tables, account)
    browsers.forget(session, tables, account)
    lockout.lift(session, tables, login=account.login, keys=keys, now=now)
    history.write(session, tables, login=account.login, outcome="password", address=address, now=now)
    return account


def _digest(token: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), token.encode(), sha256)
