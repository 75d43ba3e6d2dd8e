"""One engine a side, transactions by one recipe, UTC-only instants, names for every constraint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import Session

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """Return metadata that names every constraint, so that migrations can speak of them."""
    return MetaData(naming_convention=NAMING)


# recursive_triggers: without it INSERT OR REPLACE would delete rows past the triggers that refuse deletion.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "recursive_triggers=ON",
)


BUSY_SECONDS = 30.0
"""For how long a writer waits while another writes."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, stored in UTC; a datetime without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; raise ValueError where it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant must carry its zone"
            raise ValueError(message)
        at = value.astimezone(UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored instant, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One engine with two kinds of transaction: `transaction` writes, `reading` only reads."""

    def __init__(self, url: str) -> None:
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
        self._writer = self.engine.execution_options(huying_writes=True)
        self._reader = self.engine.execution_options(huying_writes=False, **_read_only(self.engine))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open the one transaction of a request, command or job; commit at its end, else roll back."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction in which the database itself refuses to store anything."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _postgresql(url: str) -> Engine:
    # An error's text goes to the log: values, such as what a resident wrote, must not.
    return create_engine(url, pool_pre_ping=True, hide_parameters=True)


def _keep_private(path: str) -> None:
    """Make a database's file before SQLite does: for its owner alone, and its journals are made alike."""
    file = Path(path)
    if path != ":memory:" and file.parent.is_dir() and not file.exists():
        file.touch(mode=0o600)


def _read_only(engine: Engine) -> dict[str, bool]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


def _patience(url: str) -> dict[str, float]:
    """Return for how long a writer waits for another, unless the address says so itself: ?timeout=5."""
    return {} if "timeout" in make_url(url).query else {"timeout": BUSY_SECONDS}


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args=_patience(url), hide_parameters=True)
    _keep_private(engine.url.database or ":memory:")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling begins late and never for reads; we begin by hand.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once under a second writer; busy_timeout
        # does not help there. So a writer says so from the start.
        writes = connection.get_execution_options().get("huying_writes", True)
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
