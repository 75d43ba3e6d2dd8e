"""Whether the database still has the rules that its revisions gave it: triggers, none missing or asleep."""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from huying.store import migrate
from huying.store.db import Database

_OF_FILE = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
_OF_SERVER = """
SELECT tgname, relname, tgenabled, tgtype FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
 WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace ORDER BY relname, tgname"""
_EVENT = re.compile(r"\b(INSERT|DELETE|UPDATE)\b(?:\s+OF\s+[^;]*?)?\s+ON\b", re.IGNORECASE)
_BITS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16}
AWAKE = "O"
"""How PostgreSQL marks a trigger that fires for everybody."""


@cache
def wanted(package: str) -> dict[str, tuple[str, str]]:
    """Return the triggers of a new SQLite database, by their names: table and statement."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "new.db"
        database = Database(f"sqlite:///{file}")
        migrate.upgrade(package, database)
        database.dispose()
        with closing(sqlite3.connect(file)) as opened:
            return {name: (table, sql) for name, table, sql in opened.execute(_OF_FILE)}


def faults(session: Session, *, package: str) -> Iterator[str]:
    """Say which rules are missing, changed or asleep."""
    if session.get_bind().dialect.name == "sqlite":
        yield from _of_file(session, wanted(package))
    else:
        yield from _of_server(session, wanted(package))


def _of_file(session: Session, must: dict[str, tuple[str, str]]) -> Iterator[str]:
    have = {name: (table, sql) for name, table, sql in session.execute(text(_OF_FILE))}
    yield from sorted(name for name in must.keys() | have.keys() if must.get(name) != have.get(name))


def _of_server(session: Session, must: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Hold each table to the statements that it watches on SQLite: the names differ, the sense doesn't."""
    watched: dict[str, int] = {}
    for name, table, enabled, events in session.execute(text(_OF_SERVER)):
        if enabled == AWAKE:
            watched[table] = watched.get(table, 0) | int(events)
        else:
            yield f"{table}.{name}"
    for table, verb in sorted({(table, verb) for table, sql in must.values() for verb in _verbs(sql)}):
        if not watched.get(table, 0) & _BITS[verb]:
            yield f"{table} {verb}"


def _verbs(sql: str) -> Iterator[str]:
    """Return what a trigger watches, from the head of its statement."""
    head = _EVENT.search(sql)
    if head:
        yield head.group(1).upper()
