"""Where a command works: the settings of the environment and a database whose tables are up to date."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from huying import migrate, settings
from huying.db import Database
from huying.errors import Refused
from huying.phones import Vault
from huying.settings import Settings

PACKAGE = "feedback"


@dataclass(frozen=True, slots=True)
class Place:
    """The public side as a command finds it."""

    settings: Settings
    database: Database

    @property
    def vault(self) -> Vault:
        """Seals and opens telephone numbers of this side."""
        return Vault(self.settings.keys)


def load() -> Settings:
    """Return the public side's settings from the environment."""
    return settings.load("public", "HUYING_PUBLIC", os.environ)


@contextmanager
def opened() -> Iterator[Place]:
    """Open the public side; a database without tables gets them, one with older tables is refused."""
    found = load()
    found.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(found.database_url)
    try:
        _prepare(database)
        yield Place(found, database)
    finally:
        database.dispose()


def _prepare(database: Database) -> None:
    with database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        empty = not inspect(connection).get_table_names()
    if empty:
        migrate.upgrade(PACKAGE, database)
    elif current != ScriptDirectory.from_config(migrate.configuration(PACKAGE)).get_current_head():
        raise Refused("数据库的表和这个版本不一致，请先运行 huying feedback upgrade。")
