"""A database as the role that owns its tables opens it: what is refused even then, the tables refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from huying.store.db import Database


@contextmanager
def as_owner(database: Database) -> Iterator[Session]:
    """Open a transaction of the owner's; on SQLite there is but one role."""
    address = database.engine.url
    if database.engine.dialect.name == "sqlite":
        with database.transaction() as session:
            yield session
        return
    owners = Database(address.set(username=f"{address.username}_owner").render_as_string(hide_password=False))
    try:
        with owners.transaction() as session:
            yield session
    finally:
        owners.dispose()
