"""What a command of this side works on: its settings, and its database with tables of this version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from huying import migrate, settings
from huying.db import Database
from huying.errors import Refused
from huying.keys import Keyring
from huying.phones import Vault
from huying.settings import Settings

PACKAGE = "survey"
BY = "command line"
"""Who the records name where a command did something."""

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class Place:
    """The independent side as a command finds it."""

    settings: Settings
    database: Database

    @property
    def keys(self) -> Keyring:
        """The key files of this side."""
        return self.settings.keys

    @property
    def vault(self) -> Vault:
        """Seals and opens telephone numbers of this side."""
        return Vault(self.keys)

    @property
    def ledger_origin(self) -> str:
        """The name under which this side's ledger is signed."""
        return f"{self.settings.origin}/log"


def load() -> Settings:
    """Return the independent side's settings from the environment; its data folder is there afterwards."""
    found = settings.load("survey", "HUYING_SURVEY", os.environ)
    found.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


@contextmanager
def opened() -> Iterator[Place]:
    """Open the independent side; an empty database gets its tables, one of another version is refused."""
    found = load()
    database = Database(found.database_url)
    try:
        _check_tables(database)
        yield Place(found, database)
    finally:
        database.dispose()


def _check_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        tables = inspect(connection).get_table_names()
    if not tables:
        migrate.upgrade(PACKAGE, database)
        return
    newest = ScriptDirectory.from_config(migrate.configuration(PACKAGE)).get_current_head()
    if revision != newest:
        raise Refused("数据库的表不是这个版本的，请先备份，再运行 huying survey upgrade。")
