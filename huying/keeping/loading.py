"""Tables of PostgreSQL filled from a copy, in the caller's transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text

from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.keeping import snapshots
from huying.keeping.contents import KeptDatabase
from huying.store import migrate

PART = 1 << 20


def load(connection: Connection, held: KeptDatabase, folder: Path, *, package: str) -> None:
    """Make the tables as they were and fill them; raises Conflict where there are any.

    Rules that watch rows rest meanwhile: what they would refuse or count was refused or counted before.
    """
    if inspect(connection).get_table_names():
        raise Conflict(_("数据库里已经有表：恢复只写进空的数据库。"))
    migrate.upgrade_within(connection, package, revision=held.revision)
    tables = _tables(connection, held)
    for table in tables:
        connection.execute(text(f"ALTER TABLE {_quoted(connection, table)} DISABLE TRIGGER USER"))
    for table in reversed(tables):
        connection.execute(table.delete())
    for table in tables:
        _fill(connection, table, held, folder)
    for table in tables:
        connection.execute(text(f"ALTER TABLE {_quoted(connection, table)} ENABLE TRIGGER USER"))
    for name, last in held.sequences.items():
        connection.execute(select(func.setval(name, last)))


def _tables(connection: Connection, held: KeptDatabase) -> list[Table]:
    """Return the tables, each after those that it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    tables = [table for table in metadata.sorted_tables if table.name != snapshots.REVISIONS]
    if {table.name for table in tables} != held.columns.keys():
        raise Invalid(_("备份里的表与这个版本的不一致。"))
    return tables


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.quote(table.name)


def _fill(connection: Connection, table: Table, held: KeptDatabase, folder: Path) -> None:
    name = table.name
    driver: Any = connection.connection.driver_connection
    listed = snapshots.listed(connection, name, held.columns[name])
    with driver.cursor() as cursor, snapshots.table_file(folder, name).open("rb") as file:
        with cursor.copy(f"COPY {listed} FROM STDIN") as copy:
            while part := file.read(PART):
                copy.write(part)
        if cursor.rowcount != held.rows[name]:
            raise Invalid(_("备份里的表与这个版本的不一致。"))
