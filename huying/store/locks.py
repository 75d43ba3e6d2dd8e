"""One at a time: a lock that is held until the transaction ends."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def hold(session: Session, *name: str) -> None:
    """Wait until no other transaction holds the lock of that name.

    A writer on SQLite holds the whole database from its first statement on, so only PostgreSQL needs it.
    """
    if session.get_bind().dialect.name == "postgresql":
        digest = sha256("\x00".join(name).encode()).digest()
        session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))
