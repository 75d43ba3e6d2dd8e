"""What a browser brings and keeps while somebody signs in: address, half a session, where to go next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from flask import Response, after_this_request, current_app, request, session, url_for
from flask_login import login_user
from sqlalchemy.orm import Session

from huying.accounts import AccountMixin, browsers, history, lockout, second_factor, sessions, unsent
from huying.accounts.current import tables
from huying.accounts.lockout import Knock
from huying.base import clock
from huying.base.identity_provider import LOOPBACK
from huying.web.current import installation, reading, transaction

OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f]*")
"""A path of this server. `//host` leads elsewhere; browsers read `\\` as `/` and skip control characters."""

HALF = "half"
KEPT = "kept"
WHO = "who"
"""Whose session this browser's cookie was made for: known still when the session is over."""
KNOWN = "_known"
"""What the name of the cookie by which a browser is known ends with."""


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


def attempt(login: str, *, coded: bool = False, now: datetime) -> lockout.SignInAttempt:
    """Write an attempt down as failed, in a transaction of its own; raise LockedOut at one too soon."""
    with transaction() as opened:
        knock = _knock(opened, login, coded=coded, now=now)
        return lockout.reserve(opened, tables(), knock, keys=installation().keys, now=now)


def failed(login: str, *, outcome: str, coded: bool = False, now: datetime) -> None:
    """Log a failure that was counted; that it closed the door is told instead."""
    with transaction() as opened:
        knock = _knock(opened, login, coded=coded, now=now)
        held = lockout.is_held(opened, tables(), knock, keys=installation().keys, now=now)
        told = "locked" if held else outcome
        history.write(opened, tables(), login=login, outcome=told, address=address(), now=now)


def _knock(opened: Session, login: str, *, coded: bool, now: datetime) -> Knock:
    token = request.cookies.get(_known_cookie(), "")
    known = browsers.knows(opened, tables(), login, token, now=now)
    return Knock(login, address(), browser=token if known else "", coded=coded)


def known(account: AccountMixin, made: lockout.SignInAttempt | None, *, wanted: str) -> str:
    """Take somebody whose password was right further; return the path that the browser goes to next."""
    with transaction() as opened:
        if made is not None:
            lockout.take_back(opened, tables(), made)
        bound = second_factor.has(opened, tables(), account)
        done = not bound and not installation().settings.asks_second_factor
        token = settled(opened, account, outcome="in") if done else _begin(opened, account, settled=False)
    if done:
        enter(account, token)
        return onward(account, wanted)
    session.clear()  # nothing of whoever used this browser before, its CSRF token included
    session[HALF] = token
    return url_for("code.page" if bound else "code.enrol", next=wanted)


def settled(opened: Session, account: AccountMixin, *, outcome: str) -> str:
    """Begin a whole session for an account and write so in the log; return its token.

    The browser is known from now on, and the failures of this place are forgotten, not those of others.
    """
    now, keys = clock.now(), installation().keys
    for coded in (False, True):
        knock = _knock(opened, account.login, coded=coded, now=now)
        lockout.forget(opened, tables(), knock, keys=keys)
    end_half(opened)
    history.write(opened, tables(), login=account.login, outcome=outcome, address=address(), now=now)
    given = request.cookies.get(_known_cookie(), "")
    _keep_known(browsers.remember(opened, tables(), account, given, now=now))
    return _begin(opened, account, settled=True)


def settled_by_code(account: AccountMixin, code: str, *, made: lockout.SignInAttempt) -> str:
    """Begin a whole session where the code is right, and take the failure back; else return no token.

    The password was right. Raise DoorClosed where too many wrong codes followed it.
    """
    now, vault = clock.now(), installation().vault
    with transaction() as opened:
        knock = _knock(opened, account.login, coded=False, now=now)
        tried = lockout.reserve_code(opened, tables(), knock, keys=installation().keys, now=now)
    with transaction() as opened:
        passed = second_factor.passes(opened, tables(), account, code=code, vault=vault, now=now)
        if not passed:
            return ""
        for each in (made, tried):
            lockout.take_back(opened, tables(), each)
        return settled(opened, account, outcome=passed)


def enter(account: AccountMixin, token: str) -> None:
    """Give the browser its new session, and nothing of an earlier one."""
    session.clear()  # nothing of whoever used this browser before, its CSRF token included
    account.session_token = token
    session[WHO] = account.id
    login_user(account)


def onward(account: AccountMixin, wanted: str) -> str:
    """Return where somebody who has just signed in goes: first to what they had typed, if anything waits."""
    now = clock.now()
    with reading() as opened:
        waits = unsent.waits(opened, tables(), account, now=now)
    if not waits:
        return wanted
    with transaction() as opened:
        unsent.note_offered(opened, tables(), account, now=now)
    return url_for("unsent.page", next=wanted)


def _known_cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}{KNOWN}"


def _keep_known(token: str) -> None:
    """Let the browser keep what it is known by."""

    @after_this_request
    def keep(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        lasting = int(browsers.KEPT.total_seconds())
        response.set_cookie(
            _known_cookie(), token, max_age=lasting, httponly=True, secure=secure, samesite="Lax"
        )
        return response


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
