"""Transactions: one kind stores, the other can't; what is stored is nobody else's to read."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from feedback.models import Area
from huying.store.db import Database
from huying.store.migrate import upgrade


def _area(code: str) -> Area:
    return Area(code=code, parent_code=None, level="city", name="春城", grid_type="")


def _codes(database: Database) -> set[str]:
    with database.reading() as session:
        return {area.code for area in session.query(Area)}


def test_a_reading_transaction_is_refused_every_write(public_db):
    with public_db.reading() as session:
        session.add(_area("c1"))
        with pytest.raises(DBAPIError, match=r"read-?only"):
            session.commit()
    assert _codes(public_db) == set()


def test_a_connection_that_only_read_can_write_later(public_db):
    for number in range(20):
        _codes(public_db)
        with public_db.transaction() as session:
            session.add(_area(f"c{number}"))
    assert len(_codes(public_db)) == 20


def test_a_failure_stores_nothing(public_db):
    def fail() -> None:
        with public_db.transaction() as session:
            session.add(_area("c1"))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert _codes(public_db) == set()


def test_forty_writers_and_readers_at_once_all_succeed(public_db):
    def write(number: int) -> None:
        with public_db.transaction() as session:
            session.add(_area(f"c{number}"))
        _codes(public_db)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert len(_codes(public_db)) == 40


def test_an_error_does_not_tell_what_was_to_be_stored(public_db):
    with pytest.raises(DBAPIError) as caught, public_db.transaction() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:note)"), {"note": "一位居民的话"})
    assert "一位居民的话" not in str(caught.value)


def test_only_its_owner_can_read_the_file_and_its_journal(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.transaction() as session:
        session.execute(text("CREATE TABLE t (x)"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    database.dispose()
    assert modes == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}


def test_two_that_find_a_database_empty_make_its_tables_once(database_url):
    def make(_: int) -> None:
        database = Database(database_url)
        upgrade("survey", database)
        database.dispose()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(make, range(2)))
    database = Database(database_url)
    assert "alembic_version" in inspect(database.engine).get_table_names()
    database.dispose()
