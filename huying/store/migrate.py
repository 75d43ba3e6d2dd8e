"""Schema changes: one chain of revisions a side, applied in one transaction."""

from __future__ import annotations

from importlib import resources

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, func, select
from sqlalchemy.engine import Connection

from huying.store.db import Database

# "tables" in ASCII: of two processes that find a database empty, the second waits and finds it made.
UPGRADE_LOCK = 0x7461626C6573


def configuration(package: str) -> Config:
    """Return the configuration of the revisions in `<package>/migrations`."""
    config = Config()
    config.set_main_option("script_location", str(resources.files(package) / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(package: str, database: Database, *, revision: str = "head") -> None:
    """Bring a database to `revision`."""
    with database.engine.begin() as connection:
        upgrade_within(connection, package, revision=revision)


def upgrade_within(connection: Connection, package: str, *, revision: str) -> None:
    """Bring a database to `revision` in the caller's transaction."""
    if connection.dialect.name == "postgresql":  # on SQLite the transaction alone keeps others waiting
        connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    config = configuration(package)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def run(connection: Connection, metadata: MetaData) -> None:
    """Apply what the caller of `upgrade` asked for; the whole body of each side's env.py."""
    from alembic import context  # noqa: PLC0415  (a proxy that exists only while revisions run)

    context.configure(connection=connection, target_metadata=metadata, render_as_batch=False)
    with context.begin_transaction():
        context.run_migrations()
