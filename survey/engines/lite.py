"""The draw by SQLite, over a copy of the frame in a temporary database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path

from survey.engines.bounds import Bound, EngineRow, Scan
from survey.engines.query import HEX_WITHIN, text

ON_DISK = ""
"""SQLite's name for a database that lives in a temporary file until it is closed."""

TABLES = """
CREATE TABLE frame (unit TEXT NOT NULL, stratum TEXT NOT NULL);
CREATE TABLE bound (stratum TEXT PRIMARY KEY, wanted INTEGER NOT NULL, prefix TEXT NOT NULL) WITHOUT ROWID;
"""
QUERY = text(ticket="ticket(frame.unit)", within=HEX_WITHIN, materialized="MATERIALIZED")


@contextmanager
def open_scan(frame: Path, *, key: str, database: str = "") -> Iterator[Scan]:
    """Copy the frame, and teach SQLite what a ticket is."""
    del database
    prefix = key.encode()

    def ticket(unit: str) -> str:
        return sha256(prefix + unit.encode()).hexdigest()

    with closing(sqlite3.connect(ON_DISK)) as connection:
        connection.executescript(TABLES)
        connection.create_function("ticket", 1, ticket, deterministic=True)
        with frame.open(encoding="ascii", newline="\n") as lines, connection:
            rows = (line.split("\t")[:2] for line in lines)
            connection.executemany("INSERT INTO frame VALUES (?, ?)", rows)

        def scan(within: Sequence[Bound]) -> Iterator[EngineRow]:
            with connection:
                connection.execute("DELETE FROM bound")
                connection.executemany("INSERT INTO bound VALUES (?, ?, ?)", map(astuple, within))
            yield from connection.execute(QUERY)

        yield scan
