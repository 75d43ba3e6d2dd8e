"""What one side works on, in a request or a command: its settings, its database, its keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring, make_private
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.store import grants as given
from huying.store import migrate
from huying.store.db import Database
from huying.store.grants import Grants

SUPPORTED = ("sqlite:", "postgresql:", "postgresql+psycopg:")


@dataclass(frozen=True, slots=True)
class Installation:
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
def opened(settings: Settings, *, package: str, db: SQLAlchemy) -> Iterator[Installation]:
    """Open a side for a command; `package` holds its revisions, `db` its engine.

    A database without tables gets them; one of another version is refused.
    """
    with connected(settings, db=db) as database:
        with _reached(settings):
            _prepare(database, settings, package=package)
        yield Installation(settings, database)


def upgraded(settings: Settings, *, package: str, db: SQLAlchemy, grants: Grants) -> None:
    """Bring the tables of a side to this version.

    Where their owner is a role of its own, the program's role gets what `grants` say afterwards.
    """
    owner = replace(settings, database_url=settings.owner_url or settings.database_url)
    with connected(owner, db=db) as database, _reached(owner):
        _check_owner(database, settings, package=package)
        migrate.upgrade(package, database)
        if settings.owner_url:
            role = make_url(settings.database_url).username or ""
            with database.engine.begin() as connection:
                given.give(connection, grants, role=role)


@contextmanager
def connected(settings: Settings, *, db: SQLAlchemy) -> Iterator[Database]:
    """Open a side's database as it is, whatever tables it has."""
    make_private(settings.data)
    database = _made(settings, db)
    try:
        yield database
    finally:
        database.dispose()


def _made(settings: Settings, db: SQLAlchemy) -> Database:
    variable = f"{settings.prefix}_DATABASE_URL"
    if not settings.database_url.startswith(SUPPORTED):
        raise Refused(_("%(variable)s 应以 sqlite:/// 或 postgresql:// 开头。", variable=variable))
    try:
        return Database(settings.database_url, db=db)
    except ImportError as error:
        raise Refused(
            _(
                "没有 %(variable)s 所需的驱动 %(name)s：请连同可选依赖 postgres 一起安装。",
                variable=variable,
                name=error.name,
            )
        ) from error
    except (ArgumentError, ValueError) as error:
        raise Refused(_("%(variable)s 的写法不对。", variable=variable)) from error


@contextmanager
def _reached(settings: Settings) -> Iterator[None]:
    """Turn what a driver says of a database that can't be used into a sentence."""
    try:
        yield
    except DatabaseError as error:
        said = str(error.orig).strip().splitlines()[0]
        raise Refused(
            _("数据库用不了，请检查 %(prefix)s_DATABASE_URL：%(said)s", prefix=settings.prefix, said=said)
        ) from error


def _prepare(database: Database, settings: Settings, *, package: str) -> None:
    with database.reading() as session:
        empty = not inspect(session.connection()).get_table_names()
    if empty:
        _check_owner(database, settings, package=package)
        migrate.upgrade(package, database)
    elif not is_current(database, package=package):
        raise Refused(
            _("数据库的表和这个版本不一致。请先备份，再运行 huying %(package)s upgrade。", package=package)
        )


def is_current(database: Database, *, package: str) -> bool:
    """Tell whether a database has the tables of this version."""
    with database.reading() as session:
        current = MigrationContext.configure(session.connection()).get_current_revision()
    return current == _head(package)


@cache
def _head(package: str) -> str | None:
    # Nobody changes the revisions of a program that runs, and reading them takes longer than many commands.
    return ScriptDirectory.from_config(migrate.configuration(package)).get_current_head()


def _check_owner(database: Database, settings: Settings, *, package: str) -> None:
    """Raise Refused where the role that is connected may not make tables."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql" and not _makes_tables(connection):
            raise Refused(
                _(
                    "数据库角色 %(role)s 不能建表、改表。"
                    "请把 %(prefix)s_OWNER_DATABASE_URL 设为属主的地址，再运行 huying %(package)s upgrade。",
                    role=connection.engine.url.username,
                    prefix=settings.prefix,
                    package=package,
                )
            )


def _makes_tables(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')")))
