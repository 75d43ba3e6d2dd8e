"""Browsers that an account's owner has signed in with before: others' guesses don't hold them up."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from huying.accounts.tables import AccountMixin, Tables

KEPT = timedelta(days=90)
"""A browser is known so long after the last sign-in."""
MOST = 12
"""Browsers that an account knows: telephone, desk, a few of the counter's; the latest ones."""


def knows(session: Session, tables: Tables, login: str, token: str, *, now: datetime) -> bool:
    """Tell whether the account of this login knows the browser that holds this token."""
    if not token:
        return False
    row, account = tables.browser, tables.account
    found = select(row.id).join(account, account.id == row.account_id).where(account.login == login)
    known = found.where(row.digest == _digest(token), row.seen_at > now - KEPT)
    return session.scalar(known) is not None


def remember(session: Session, tables: Tables, account: AccountMixin, token: str, *, now: datetime) -> str:
    """Let an account know the browser it has just signed in with; return the token that the browser keeps.

    A token that we didn't make, which somebody may have planted there, is replaced.
    """
    row = tables.browser
    made_by_us = token and session.scalar(select(row.id).where(row.digest == _digest(token)).limit(1))
    token = token if made_by_us else secrets.token_urlsafe(32)
    own = select(row).where(row.account_id == account.id)
    known = session.scalar(own.where(row.digest == _digest(token)))
    if known is None:
        known = row()
        known.account_id, known.digest = account.id, _digest(token)
    known.seen_at = now
    session.add(known)
    session.flush()
    older = own.with_only_columns(row.id).order_by(row.seen_at.desc(), row.id.desc()).offset(MOST)
    session.execute(delete(row).where(row.id.in_(session.scalars(older).all())))
    return token


def forget(session: Session, tables: Tables, account: AccountMixin) -> None:
    """Let an account know no browser any more."""
    session.execute(delete(tables.browser).where(tables.browser.account_id == account.id))


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
