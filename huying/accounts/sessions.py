"""Sessions as rows: a browser holds a token, the row its digest; without its row a token is nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from sqlalchemy import Select, bindparam, delete, or_, select
from sqlalchemy.orm import Session

from huying.accounts.tables import AccountMixin, SessionMixin, Tables

IDLE = timedelta(hours=4)
LONGEST = timedelta(hours=14)
"""A session ends after so long without a page, and after so long in any case: a shift, not a week."""

HALF = timedelta(minutes=10)
"""How long a code may be awaited after the password."""

SEEN_EVERY = timedelta(minutes=5)
"""How finely a session's last page is kept: reading pages mustn't mean writing rows."""

BROWSERS = {
    "MicroMessenger": "WeChat",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def begin(
    session: Session, tables: Tables, account: AccountMixin, *, settled: bool, client: str, now: datetime
) -> str:
    """Return the token of a new session; those of this account that ran out are cleared away."""
    _clear(session, tables, now=now)
    token = secrets.token_urlsafe(32)
    times = {"begun_at": now, "seen_at": now}
    row = {"account_id": account.id, "token_digest": _digest(token), "client": coarse(client), **times}
    session.add(tables.session(**row | {"settled": settled}))
    session.flush()
    return token


def found(
    session: Session, tables: Tables, token: str, *, now: datetime, settled: bool = True
) -> AccountMixin | None:
    """Return the account in use that a session of this token stands for, knowing the token; else None."""
    since = now - (LONGEST if settled else HALF)
    given = {"digest": _digest(token), "settled": settled, "begun": since, "seen": now - IDLE}
    pair = session.execute(_of_token(tables), given).one_or_none()
    if pair is None:
        return None
    account: AccountMixin = pair[0]
    account.session_token, account.session_seen_at = token, pair[1]
    return account


# Asked with every page, and to build a statement costs more than the database takes to answer it.
@cache
def _of_token(tables: Tables) -> Select[AccountMixin, datetime]:
    row, model = tables.session, tables.account
    known = row.token_digest == bindparam("digest"), row.settled == bindparam("settled"), model.active
    in_time = row.begun_at > bindparam("begun"), row.seen_at > bindparam("seen")
    return select(model, row.seen_at).join(row, row.account_id == model.id).where(*known, *in_time)


def is_stale(seen_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a session's last page was noted longer ago than is kept."""
    return seen_at is not None and seen_at <= now - SEEN_EVERY


def see(session: Session, tables: Tables, token: str, *, now: datetime) -> None:
    """Note that a session is in use."""
    row = session.scalar(select(tables.session).where(tables.session.token_digest == _digest(token)))
    if row is not None:
        row.seen_at = now
        session.flush()


def of(session: Session, tables: Tables, account: AccountMixin, *, now: datetime) -> Sequence[SessionMixin]:
    """Return the account's live sessions, the latest first."""
    row = tables.session
    live = select(row).where(row.account_id == account.id, row.settled)
    live = live.where(row.begun_at > now - LONGEST, row.seen_at > now - IDLE)
    return session.scalars(live.order_by(row.begun_at.desc(), row.id.desc())).all()


def is_of(row: SessionMixin, token: str) -> bool:
    """Tell whether a session is the one of this token."""
    return secrets.compare_digest(row.token_digest, _digest(token))


def end(session: Session, tables: Tables, token: str) -> None:
    """End the session of this token, if there is one."""
    session.execute(delete(tables.session).where(tables.session.token_digest == _digest(token)))


def end_one(session: Session, tables: Tables, account: AccountMixin, number: int) -> bool:
    """End one session of this account by its row's number; return whether it had such a one."""
    row = tables.session
    wanted = delete(row).where(row.id == number, row.account_id == account.id).returning(row.id)
    return session.scalar(wanted) is not None


def end_all(session: Session, tables: Tables, account: AccountMixin, *, but: str = "") -> None:
    """End every session of an account, but the one of the token `but`."""
    row = tables.session
    wanted = delete(row).where(row.account_id == account.id)
    session.execute(wanted.where(row.token_digest != _digest(but)) if but else wanted)


def coarse(agent: str) -> str:
    """Return of a browser's own words what helps to recognise it, such as `Chrome · Windows`."""
    browser = next((name for mark, name in BROWSERS.items() if f"{mark}/" in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    return " · ".join(part for part in (browser, system) if part)


def _clear(session: Session, tables: Tables, *, now: datetime) -> None:
    row = tables.session
    session.execute(delete(row).where(or_(row.begun_at <= now - LONGEST, row.seen_at <= now - IDLE)))


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
