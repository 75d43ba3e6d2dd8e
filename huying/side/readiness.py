"""Whether a side can take what people bring: its database is there, is the right one, and can be written."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from huying.base.i18n import _
from huying.store import migrate
from huying.store.installation import Installation

LEAST_FREE = 64 * 1024 * 1024
"""Bytes that must be free: the next hour's rows and the journal's growth."""
A_PAGE = 4096
READ_ONLY = sqlite3.SQLITE_READONLY
BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""Somebody else writes: that is a reason to wait, not a fault."""


def faults(here: Installation, *, package: str) -> list[str]:
    """Return what is wrong now, a sentence each; looks anew, past every open connection."""
    url = here.database.engine.url
    on_sqlite = url.get_backend_name() == "sqlite" and url.database is not None
    looked = _of_file(here, Path(str(url.database)), package) if on_sqlite else _of_server(here, package)
    return [*looked, *disk(here.settings.data)]


def newest(package: str) -> str | None:
    """Return the version of the tables that this program works on."""
    return ScriptDirectory.from_config(migrate.configuration(package)).get_current_head()


def disk(folder: Path, *, least: int = LEAST_FREE) -> Iterator[str]:
    """Say what keeps a folder from taking more: a page is written there and taken away."""
    try:
        # A name for each look: of two at once one would miss the other's file and call the folder faulty.
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".ready-", buffering=0) as probe:
            probe.write(b"\0" * A_PAGE)
    except OSError as error:
        yield _("数据文件夹写不进：%(said)s。", said=error.strerror)
        return
    if shutil.disk_usage(folder).free < least:
        yield _("磁盘快满了。")


def _of_file(here: Installation, file: Path, package: str) -> Iterator[str]:
    if not file.is_file():
        yield _("数据库文件不见了。")
        return
    if not here.database.is_same_file():
        yield _("数据库文件被换过，请重启服务。")
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=rw", uri=True, timeout=0)) as fresh:
            (version,) = fresh.execute("SELECT version_num FROM alembic_version").fetchone()
            yield from _of_version(version, package)
            fresh.execute("UPDATE alembic_version SET version_num = version_num")
            fresh.rollback()
    except (sqlite3.DatabaseError, TypeError) as error:
        yield from _of_error(getattr(error, "sqlite_errorcode", 0))


def _of_error(code: int) -> Iterator[str]:
    first = code & 0xFF
    if first == READ_ONLY:
        yield _("数据库是只读的，什么也存不下。")
    elif first not in BUSY:
        yield _("数据库文件打不开，或者不是我们的数据库。")


def _of_server(here: Installation, package: str) -> Iterator[str]:
    try:
        with here.database.reading() as session:
            connection = session.connection()
            yield from _of_version(MigrationContext.configure(connection).get_current_revision(), package)
            if connection.scalar(text("SELECT pg_is_in_recovery()")):
                yield _("数据库是只读的，什么也存不下。")
    except DatabaseError:
        yield _("数据库连不上。")


def _of_version(version: str | None, package: str) -> Iterator[str]:
    if version != newest(package):
        yield _("数据库的表不是这个版本的。")
