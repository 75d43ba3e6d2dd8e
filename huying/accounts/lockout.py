"""Against guessing: every attempt is a row before it is checked, and too many close the door a while.

The door closes to a network, never to a login: else anybody could lock its owner out.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from huying.accounts.tables import FailureMixin, Tables
from huying.base import networks
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring

WINDOW = timedelta(minutes=15)
CODE = "code"
MOST = {"pair": 5, "browser": 5, "coded": 5, "network": 30, "coders": 30, CODE: 10}
"""Failures within the window that close the door, by kind.

`pair` is a login tried from a network, `browser` one tried in a browser that it knows, `coded` a pair with a
code of the second factor; `network` and `coders` are all logins together, tried without and with a code.
`code` is a wrong code after the right password, from wherever: six digits don't stand a guesser with many
networks, and nobody without the password can hold the owner up by it.
"""
DELAYED = frozenset({"pair", "browser", "coded"})
"""Kinds that mean one login: its attempts wait a little from the second failure on."""
TRIED, LIFTED = "login", "lifted"
"""Rows that count failures of a login for administrators to see, and that tell since when they count."""

KEY = "account-attempts"


class LockedOut(Refused):
    """Too many attempts: nothing was checked. Logins that nobody has are held alike."""

    status = 429


class DoorClosed(LockedOut):
    """For minutes, not for the seconds that whoever mistypes waits: a code opens it all the same."""


@dataclass(frozen=True, slots=True)
class Knock:
    """Who wants in, and from where: an address, a browser that the login knows, with a code or without."""

    login: str
    address: str = ""
    browser: str = ""
    coded: bool = False

    def subjects(self) -> dict[str, str]:
        """Return what a failure of it counts against, by kind."""
        if self.browser:
            return {"browser": f"{self.login}\x00{self.browser}"}
        net = networks.network(self.address, networks.NEIGHBOURS)
        one, all_logins = ("coded", "coders") if self.coded else ("pair", "network")
        return {one: f"{self.login}\x00{net}"} | ({all_logins: net} if net else {})


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """An attempt that was written down as failed before it is checked."""

    rows: tuple[int, ...]
    at: datetime


def held_until(failures: Sequence[datetime], *, kind: str, now: datetime) -> datetime | None:
    """Return until when the next attempt must wait, None where it needn't.

    The fifth failure of a login from one place within 15 minutes closes for 15; before, 1, 2, 4 seconds pass
    from the second on, so that nobody who mistypes once notices. Networks have no such delays. What a clock
    noted that was ahead counts for nothing once it is right.
    """
    recent = sorted(at for at in failures if now - WINDOW < at <= now)
    if len(recent) >= MOST[kind]:
        return recent[-1] + WINDOW
    if kind in DELAYED and len(recent) > 1:
        until = recent[-1] + timedelta(seconds=2 ** (len(recent) - 2))
        return until if until > now else None
    return None


def reserve(session: Session, tables: Tables, knock: Knock, *, keys: Keyring, now: datetime) -> SignInAttempt:
    """Write an attempt down as failed; raise LockedOut, writing nothing, where it comes too soon.

    Committed before the password is checked, so that guesses sent at once don't overtake the count.
    """
    subjects = _subjects(knock, keys)
    _queue(session, [subject for _kind, subject in subjects])
    _check(_waits(session, tables, knock, keys=keys, now=now), now=now)
    model = tables.failure
    session.execute(delete(model).where(or_(model.at < now - 2 * WINDOW, model.at > now)))
    counted = [*subjects, (TRIED, _subject(TRIED, knock.login, keys))]
    written = ({"kind": kind, "subject": subject, "at": now} for kind, subject in counted)
    rows = [model(**row) for row in written]
    session.add_all(rows)
    session.flush()
    return SignInAttempt(tuple(row.id for row in rows), now)


def reserve_code(
    session: Session, tables: Tables, knock: Knock, *, keys: Keyring, now: datetime
) -> SignInAttempt:
    """Write down as wrong a code that follows the right password; raise DoorClosed where too many were.

    A browser that the login knows counts by itself.
    """
    if knock.browser:
        return SignInAttempt((), now)
    subject = _subject(CODE, knock.login, keys)
    _queue(session, [subject])
    since = _since(session, tables, knock.login, keys=keys, now=now)
    until = held_until(_failures(session, tables, subject, since=since), kind=CODE, now=now)
    if until is not None:
        minutes = -(-round((until - now).total_seconds()) // 60)
        raise DoorClosed(_("动态码试错的次数太多，请过 %(n)d 分钟再试，或请管理员放行。", n=minutes))
    written = {"kind": CODE, "subject": subject, "at": now}
    row = tables.failure(**written)
    session.add(row)
    session.flush()
    return SignInAttempt((row.id,), now)


def take_back(session: Session, tables: Tables, attempt: SignInAttempt) -> None:
    """Count an attempt as no failure after all."""
    session.execute(delete(tables.failure).where(tables.failure.id.in_(attempt.rows)))


def forget(session: Session, tables: Tables, knock: Knock, *, keys: Keyring) -> None:
    """Forget the failures of a login where somebody has signed in wholly; elsewhere they stay."""
    own = [subject for kind, subject in _subjects(knock, keys) if kind in DELAYED]
    session.execute(delete(tables.failure).where(tables.failure.subject.in_(own)))


def lift(session: Session, tables: Tables, *, login: str, keys: Keyring, now: datetime) -> None:
    """Let a login be tried anew from everywhere: an administrator lets in, or a password was set by link."""
    row = {"kind": LIFTED, "subject": _subject(LIFTED, login, keys), "at": now}
    session.add(tables.failure(**row))
    session.flush()


def is_held(session: Session, tables: Tables, knock: Knock, *, keys: Keyring, now: datetime) -> bool:
    """Tell whether a login has used up its attempts from where this one comes."""
    return any(
        until >= now + timedelta(minutes=1) for until in _waits(session, tables, knock, keys=keys, now=now)
    )


def failures_of(session: Session, tables: Tables, *, login: str, keys: Keyring, now: datetime) -> int:
    """Return how often a login failed within the window, from wherever."""
    since = _since(session, tables, login, keys=keys, now=now)
    return len(_failures(session, tables, _subject(TRIED, login, keys), since=since))


def _waits(
    session: Session, tables: Tables, knock: Knock, *, keys: Keyring, now: datetime
) -> Sequence[datetime]:
    """Return until when each count of an attempt asks it to wait, where one does."""
    lifted = _since(session, tables, knock.login, keys=keys, now=now)
    waits = []
    for kind, subject in _subjects(knock, keys):
        since = lifted if kind in DELAYED else now - WINDOW
        waits.append(held_until(_failures(session, tables, subject, since=since), kind=kind, now=now))
    return [until for until in waits if until]


def _check(waits: Sequence[datetime], *, now: datetime) -> None:
    until = max(waits, default=None)
    if until is None:
        return
    seconds = max(1, round((until - now).total_seconds()))
    if seconds < 60:
        raise LockedOut(_("试得太快，请等 %(n)d 秒再试。", n=seconds))
    raise DoorClosed(
        _("从这里试错的次数太多，请过 %(n)d 分钟再试，或请管理员放行。", n=-(-seconds // 60)),
    )


def _since(session: Session, tables: Tables, login: str, *, keys: Keyring, now: datetime) -> datetime:
    """Return since when the failures of a login count."""
    model = tables.failure
    lifted = select(func.max(model.at)).where(model.subject == _subject(LIFTED, login, keys))
    return max(session.scalar(lifted.where(model.at <= now)) or now - WINDOW, now - WINDOW)


def _failures(session: Session, tables: Tables, subject: bytes, *, since: datetime) -> Sequence[datetime]:
    model: type[FailureMixin] = tables.failure
    return session.scalars(select(model.at).where(model.subject == subject, model.at > since)).all()


def _subjects(knock: Knock, keys: Keyring) -> list[tuple[str, bytes]]:
    return sorted((kind, _subject(kind, value, keys)) for kind, value in knock.subjects().items())


def _subject(kind: str, value: str, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), f"{kind}\x00{value}".encode(), sha256)


def _queue(session: Session, subjects: Sequence[bytes]) -> None:
    """Let attempts from one place or of one login wait for each other; SQLite's writers do anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for subject in sorted(subjects):
            lock = func.pg_advisory_xact_lock(int.from_bytes(subject[:8], "big", signed=True))
            session.execute(select(lock))
