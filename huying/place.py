"""What one side works on, in a request or a command: its settings, its database, its keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from huying import migrate
from huying.db import Database
from huying.errors import Refused
from huying.keys import Keyring
from huying.phones import Vault
from huying.settings import Settings


@dataclass(frozen=True, slots=True)
class Place:
    """One side as a request or a command finds it."""

    settings: Settings
    database: Database

    @property
    def keys(self) -> Keyring:
        """The key files of this side."""
        return self.settings.keys

    @property
    def vault(self) -> Vault:
        """Seals and opens telephone numbers of this side."""
        return Vault(self.settings.keys)

    @property
    def ledger_origin(self) -> str:
        """The name under which this side's ledger is signed."""
        return f"{self.settings.origin}/log"


@contextmanager
def opened(settings: Settings, *, package: str) -> Iterator[Place]:
    """Open a side for a command; `package` holds its revisions.

    A database without tables gets them; one of another version is refused.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    try:
        _prepare(database, package=package)
        yield Place(settings, database)
    finally:
        database.dispose()


def upgraded(settings: Settings, *, package: str) -> None:
    """Bring the tables of a side to this version."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    try:
        migrate.upgrade(package, database)
    finally:
        database.dispose()


def _prepare(database: Database, *, package: str) -> None:
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        empty = not inspect(connection).get_table_names()
    if empty:
        migrate.upgrade(package, database)
    elif current != ScriptDirectory.from_config(migrate.configuration(package)).get_current_head():
        raise Refused(f"数据库的表和这个版本不一致。请先备份，再运行 huying {package} upgrade。")
