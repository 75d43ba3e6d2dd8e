"""Against guessing: every attempt is a row before it is checked, and too many close the door a while."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from huying.accounts.tables import FailureMixin, Tables
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring

WINDOW = timedelta(minutes=15)
MOST = {"login": 5, "address": 30}
"""Failures within the window that lock: of a login, and of an address, which a whole office may share."""

KEY = "account-attempts"


class LockedOut(Refused):
    """Too many attempts: nothing was checked. Logins that nobody has are held alike."""

    status = 429


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """An attempt that was written down as failed before it is checked."""

    rows: tuple[int, ...]
    at: datetime


def held_until(failures: Sequence[datetime], *, kind: str, now: datetime) -> datetime | None:
    """Return until when the next attempt must wait, None where it needn't.

    The fifth failure of a login within 15 minutes locks for 15; before, 1, 2, 4 seconds pass from the second
    on, so that nobody who mistypes once notices. Addresses have no such delays.
    """
    recent = sorted(at for at in failures if at > now - WINDOW)
    if len(recent) >= MOST[kind]:
        return recent[-1] + WINDOW
    if kind == "login" and len(recent) > 1:
        until = recent[-1] + timedelta(seconds=2 ** (len(recent) - 2))
        return until if until > now else None
    return None


def reserve(
    session: Session, tables: Tables, *, login: str, address: str, keys: Keyring, now: datetime
) -> SignInAttempt:
    """Write an attempt down as failed; raise Held, writing nothing, where it comes too soon.

    Committed before the password is checked, so that guesses sent at once don't overtake the count.
    """
    subjects = _subjects(login, address, keys)
    _queue(session, subjects)
    _check(session, tables, subjects, now=now)
    model = tables.failure
    session.execute(delete(model).where(model.at < now - 2 * WINDOW))
    written = ({"kind": kind, "subject": subject, "at": now} for kind, subject in subjects)
    rows = [model(**row) for row in written]
    session.add_all(rows)
    session.flush()
    return SignInAttempt(tuple(row.id for row in rows), now)


def take_back(session: Session, tables: Tables, attempt: SignInAttempt) -> None:
    """Count an attempt as no failure after all."""
    session.execute(delete(tables.failure).where(tables.failure.id.in_(attempt.rows)))


def lift(session: Session, tables: Tables, *, login: str, keys: Keyring) -> None:
    """Forget the failures of a login: somebody signed in wholly, or an administrator lets in."""
    model, subject = tables.failure, _subject("login", login, keys)
    session.execute(delete(model).where(model.kind == "login", model.subject == subject))


def is_locked(session: Session, tables: Tables, *, login: str, keys: Keyring, now: datetime) -> bool:
    """Tell whether a login has used up its attempts."""
    found = _failures(session, tables, _subject("login", login, keys), now=now)
    return len(found) >= MOST["login"]


def _check(session: Session, tables: Tables, subjects: Sequence[tuple[str, bytes]], *, now: datetime) -> None:
    waits = [
        held_until(_failures(session, tables, subject, now=now), kind=kind, now=now)
        for kind, subject in subjects
    ]
    until = max((each for each in waits if each), default=None)
    if until is None:
        return
    seconds = max(1, round((until - now).total_seconds()))
    if seconds < 60:
        raise LockedOut(_("试得太快，请等 %(n)d 秒再试。", n=seconds))
    raise LockedOut(
        _("试错的次数太多，请过 %(n)d 分钟再试，或请管理员解除锁定。", n=-(-seconds // 60)),
    )


def _failures(session: Session, tables: Tables, subject: bytes, *, now: datetime) -> Sequence[datetime]:
    model: type[FailureMixin] = tables.failure
    recent = select(model.at).where(model.subject == subject, model.at > now - WINDOW)
    return session.scalars(recent).all()


def _subjects(login: str, address: str, keys: Keyring) -> list[tuple[str, bytes]]:
    named = [("login", login), *([("address", address)] if address else [])]
    return sorted((kind, _subject(kind, value, keys)) for kind, value in named)


def _subject(kind: str, value: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), f"{kind}\x00{value}".encode(), sha256)


def _queue(session: Session, subjects: Sequence[tuple[str, bytes]]) -> None:
    """Let attempts of one login or address wait for each other; SQLite's writers do anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for subject in sorted(subject for _kind, subject in subjects):
            lock = func.pg_advisory_xact_lock(int.from_bytes(subject[:8], "big", signed=True))
            session.execute(select(lock))
