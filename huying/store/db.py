"""One engine a side, transactions by one recipe, UTC-only instants, names for every constraint."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

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
PAUSE_SECONDS = 0.01
KEPT_OPEN = 10
"""Connections to PostgreSQL that a process keeps, more than it has threads: any further one is made anew."""


Identity = tuple[int, int]
"""Device and number of a file."""


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


def extension(base: type[DeclarativeBase]) -> SQLAlchemy:
    """Return the object that owns a side's engine and metadata, on the base of its tables.

    Neither its session nor its queries are ever used: one session a request can't both write and be held to
    reading by the database.
    """
    return SQLAlchemy(model_class=base, disable_autonaming=True, add_models_to_shell=False)


class _NoTables(DeclarativeBase):
    """The base of a tool that opens a database by its address, whichever side's it is."""

    metadata = new_metadata()


_ANY = extension(_NoTables)


class Database:
    """One engine with two kinds of transaction: `transaction` writes, `reading` only reads.

    The engine belongs to `db` and `app`: a web app, or a bare one without routes that a command makes.
    """

    def __init__(self, url: str, *, db: SQLAlchemy = _ANY, app: Flask | None = None) -> None:
        self.app = app or Flask(__name__, static_folder=None)
        self.app.config["SQLALCHEMY_DATABASE_URI"] = address = _absolute(make_url(url))
        self.app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _options(address)
        db.init_app(self.app)
        with self.app.app_context():
            self.engine = db.engine
        self._identity: Identity | None = None
        if self.engine.dialect.name == "sqlite":
            _prepare_sqlite(self.engine)
            self._identity = _identity(self.engine.url.database)
            event.listen(self.engine, "do_connect", self._refuse_another_file)
            event.listen(self.engine, "begin", self._refuse_another_file)
        self._writer = self.engine.execution_options(huying_writes=True)
        self._reader = self.engine.execution_options(huying_writes=False, **_read_only(self.engine))

    def _refuse_another_file(self, *_told: Any) -> None:
        """Raise OperationalError where the file has gone, or been replaced, since it was opened.

        An open connection would go on writing into the file that nobody finds any more.
        """
        if not self.is_same_file():
            raise OperationalError(None, None, sqlite3.OperationalError("the database's file is gone"))

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

    def is_same_file(self) -> bool:
        """Tell whether an SQLite file is the one that was opened; what is written into another is lost."""
        return self._identity is None or _identity(self.engine.url.database) == self._identity

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _options(url: URL) -> dict[str, Any]:
    # An error's text goes to the log: values, such as what a resident wrote, must not.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.get_backend_name() != "sqlite":
        return {**options, "pool_pre_ping": True, "pool_size": KEPT_OPEN}
    # For how long a writer waits while another writes; an address may say so itself: ?timeout=5.
    return options if "timeout" in url.query else {**options, "connect_args": {"timeout": BUSY_SECONDS}}


def _absolute(url: URL) -> URL:
    """Return an address whose file is meant from the working directory, not from a folder of the app."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return url
    return url.set(database=str(Path(str(url.database)).absolute()))


def _keep_private(path: str) -> None:
    """Make a database's file before SQLite does: for its owner alone, and its journals are made alike."""
    file = Path(path)
    if path != ":memory:" and file.parent.is_dir() and not file.exists():
        file.touch(mode=0o600)


def _identity(path: str | None) -> Identity | None:
    """Return what tells a file from another of the same name; None where there is none."""
    try:
        found = Path(path or ":memory:").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _read_only(engine: Engine) -> dict[str, bool]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


def _insist(cursor: sqlite3.Cursor, statement: str) -> None:
    """Execute a statement until no other connection is in its way, for BUSY_SECONDS at most.

    Two that find a file new both turn it to a write-ahead log, and there SQLite asks no busy handler.
    """
    until = monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(PAUSE_SECONDS)
        else:
            return


def _prepare_sqlite(engine: Engine) -> None:
    _keep_private(engine.url.database or ":memory:")

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own transaction handling begins late and never for reads; we begin by hand.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            _insist(cursor, f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer fails at once under a second writer; busy_timeout
        # does not help there. So a writer says so from the start.
        writes = connection.get_execution_options().get("huying_writes", True)
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
