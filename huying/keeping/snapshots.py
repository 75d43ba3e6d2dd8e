"""A database copied as it stands at one moment, while others go on writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.keeping.contents import KeptDatabase
from huying.store.db import BUSY_SECONDS, Database

FILE = "database.sqlite"
TABLES = "tables"
REVISIONS = "alembic_version"


def take(database: Database, folder: Path) -> KeptDatabase:
    """Copy a database into a folder, as one moment has it; nobody who writes waits for it."""
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        return _of_file(str(url.database), folder / FILE)
    (folder / TABLES).mkdir(mode=0o700)
    return _of_server(database, folder / TABLES)


def table_file(folder: Path, table: str) -> Path:
    """Return where the rows of a table lie."""
    return folder / TABLES / f"{table}.copy"


def _of_file(file: str, target: Path) -> KeptDatabase:
    """Copy all pages in one step, by which SQLite reads one state of the file."""
    with (
        closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return described(copy)


def described(copy: sqlite3.Connection) -> KeptDatabase:
    """Count the rows of a copied file; raise Refused where SQLite finds it damaged."""
    if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise Refused(_("数据库文件有损坏。"))
    (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    rows = {
        name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in names.fetchall()
    }
    return KeptDatabase("sqlite", revision, rows)


def check_file(file: Path, held: KeptDatabase) -> None:
    """Raise Refused where a copied file is damaged or holds other rows than were counted."""
    with closing(sqlite3.connect(file)) as copy:
        if described(copy) != held:
            raise Refused(_("备份里的数据库与清单不符。"))


def _of_server(database: Database, folder: Path) -> KeptDatabase:
    with database.engine.connect() as opened:
        connection = opened.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            revision = MigrationContext.configure(connection).get_current_revision()
            columns = columns_of(connection)
            rows = {table: _copied(connection, table, columns[table], folder) for table in columns}
        # Read last: a sequence counts on outside of transactions, and may only be ahead of its table.
        return KeptDatabase("postgresql", str(revision), rows, columns, _sequences(connection))


def columns_of(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table that holds rows of ours."""
    looked = inspect(connection)
    names = sorted(set(looked.get_table_names()) - {REVISIONS})
    return {name: tuple(column["name"] for column in looked.get_columns(name)) for name in names}


def listed(connection: Connection, table: str, columns: tuple[str, ...]) -> str:
    """Return a table with its columns, as COPY names them."""
    quote = connection.dialect.identifier_preparer.quote
    return f"{quote(table)} ({', '.join(map(quote, columns))})"


def _copied(connection: Connection, table: str, columns: tuple[str, ...], folder: Path) -> int:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, (folder / f"{table}.copy").open("wb") as file:
        with cursor.copy(f"COPY {listed(connection, table, columns)} TO STDOUT") as copy:
            for part in copy:
                file.write(part)
        return int(cursor.rowcount)


def _sequences(connection: Connection) -> dict[str, int]:
    """Return the last number that each sequence gave; those that gave none are left out."""
    query = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
    return {name: last for name, last in connection.execute(text(query)) if last is not None}
