"""A database as the role that owns its tables opens it: what is refused even then, the tables refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
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


def empty(database: Database, *tables: str) -> None:
    """Empty tables that nobody may, so that one test can go through many files."""
    sqlite = database.engine.dialect.name == "sqlite"
    with as_owner(database) as session:
        for table in tables:
            guards = _sqlite_guards(session, table) if sqlite else {}
            for name in guards:
                session.execute(text(f"DROP TRIGGER {name}"))
            if not sqlite:
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            session.execute(text(f"DELETE FROM {table}"))
            if not sqlite:
                session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
            for guard in guards.values():
                session.connection().exec_driver_sql(guard)


def _sqlite_guards(session: Session, table: str) -> dict[str, str]:
    rows = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    return dict(session.execute(rows, {"table": table}).all())
