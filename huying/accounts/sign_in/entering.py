"""What a browser brings and keeps while somebody signs in: address, half a session, where to go next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from flask import request, session, url_for
from flask_login import login_user
from sqlalchemy.orm import Session

from huying.accounts import AccountMixin, history, lockout, second_factor, sessions
from huying.accounts.current import tables
from huying.base import clock
from huying.base.identity_provider import LOOPBACK
from huying.web.current import installation, reading, transaction

OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f]*")
"""A path of this server. `//host` leads elsewhere; browsers read `\\` as `/` and skip control characters."""

HALF = "half"
KEPT = "kept"


def address() -> str:
    """Return where a request comes from, empty where that can't be told.

    A proxy beside this server adds whom it heard to what others claim, so the last one alone is believed, and
    only where the proxy itself is on this machine.
    """
    peer = request.remote_addr or ""
    if peer not in LOOPBACK:
        return peer
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()


def target() -> str:
    """Return the page that asked to sign in, if it is one of this server; else the desk."""
    wanted = request.args.get("next", "")
    return wanted if OWN_PATH.fullmatch(wanted) else "/desk"


def attempt(login: str, *, now: datetime) -> lockout.SignInAttempt:
    """Write an attempt down as failed, in a transaction of its own; raise Held where it comes too soon."""
    with transaction() as opened:
        return lockout.reserve(
            opened, tables(), login=login, address=address(), keys=installation().keys, now=now
        )


def failed(login: str, *, outcome: str, now: datetime) -> None:
    """Log a failure that was counted; that it locked the login is told instead."""
    with transaction() as opened:
        locked = lockout.is_locked(opened, tables(), login=login, keys=installation().keys, now=now)
        told = "locked" if locked else outcome
        history.write(opened, tables(), login=login, outcome=told, address=address(), now=now)


def known(account: AccountMixin, made: lockout.SignInAttempt | None, *, onward: str) -> str:
    """Take somebody whose password was right further; return the path that the browser goes to next."""
    with transaction() as opened:
        if made is not None:
            lockout.take_back(opened, tables(), made)
        bound = second_factor.has(opened, tables(), account)
        done = not bound and not installation().settings.asks_second_factor
        token = settled(opened, account, outcome="in") if done else _begin(opened, account, settled=False)
    if done:
        enter(account, token)
        return onward
    session.clear()  # nothing of whoever used this browser before, its CSRF token included
    session[HALF] = token
    return url_for("code.page" if bound else "code.enrol", next=onward)


def settled(opened: Session, account: AccountMixin, *, outcome: str) -> str:
    """Begin a whole session for an account and write so in the log; return its token."""
    now = clock.now()
    lockout.lift(opened, tables(), login=account.login, keys=installation().keys)
    end_half(opened)
    history.write(opened, tables(), login=account.login, outcome=outcome, address=address(), now=now)
    return _begin(opened, account, settled=True)


def enter(account: AccountMixin, token: str) -> None:
    """Give the browser its new session, and nothing of an earlier one."""
    session.clear()  # nothing of whoever used this browser before, its CSRF token included
    account.session_token = token
    login_user(account)


def halfway() -> AccountMixin | None:
    """Return the account whose password this browser has given and whose code is due, else None."""
    token = session.get(HALF, "")
    if not token:
        return None
    with reading() as opened:
        return sessions.found(opened, tables(), token, now=clock.now(), settled=False)


def end_half(opened: Session) -> None:
    """End what this browser had begun, half or whole."""
    for token in (session.get(HALF), session.get("_user_id")):
        if token:
            sessions.end(opened, tables(), token)


def keep(name: str, *words: str) -> None:
    """Keep words for the next page alone, sealed: a browser's folder of cookies is no place for secrets."""
    session[KEPT] = {name: installation().vault.seal("\n".join(words), where=f"kept:{name}").hex()}


def kept(name: str) -> Sequence[str]:
    """Return the words that were kept for this page, once."""
    sealed = session.pop(KEPT, {}).get(name)
    return (
        installation().vault.open(bytes.fromhex(sealed), where=f"kept:{name}").split("\n") if sealed else ()
    )


def _begin(opened: Session, account: AccountMixin, *, settled: bool) -> str:
    agent = request.headers.get("User-Agent", "")
    return sessions.begin(opened, tables(), account, settled=settled, client=agent, now=clock.now())
