"""Transactions: one kind stores, the other can't; what is stored is nobody else's to read."""

from __future__ import annotations

import re
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import feedback.models
import survey.models
from feedback.models import Area
from huying.store.db import Database
from huying.store.migrate import upgrade

ROOT = Path(__file__).parents[3]
FORBIDDEN = re.compile(r"\bdb\.session\b|\b[A-Z]\w+\.query\b(?!_)|\bdb\.Model\b")


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


def test_a_file_that_another_turns_to_its_log_at_this_moment_is_waited_for(tmp_path):
    path = tmp_path / "a.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    database = Database(f"sqlite:///{path}?timeout=0")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_tables, database)
        assert not wait([waiting], timeout=0.2).done
        other.execute("COMMIT")
        assert waiting.result() == []
    other.close()
    database.dispose()


def _tables(database: Database) -> list[str]:
    return inspect(database.engine).get_table_names()


@pytest.mark.parametrize(
    ("db", "base"), [(feedback.models.db, feedback.models.Base), (survey.models.db, survey.models.Base)]
)
def test_one_object_a_side_owns_the_metadata_of_its_tables(db, base):
    assert db.metadata is base.metadata
    assert "account" in db.metadata.tables


def test_the_engine_of_an_app_and_of_a_command_is_made_in_one_place(tmp_path):
    for app in (Flask("pages"), None):
        database = Database(f"sqlite:///{tmp_path / 'a.db'}", db=feedback.models.db, app=app)
        with database.app.app_context():
            assert feedback.models.db.engine is database.engine
            assert list(feedback.models.db.engines) == [None]
        with database.reading() as session:
            pragmas = [session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout")]
        assert pragmas == [1, 30_000]
        assert database.engine.hide_parameters
        database.dispose()


def test_an_address_may_say_for_how_long_a_writer_waits(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}?timeout=0.5")
    with database.reading() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 500
    database.dispose()


def test_a_file_is_meant_from_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    database = Database("sqlite:///here.db")
    with database.transaction():
        pass
    database.dispose()
    assert (tmp_path / "here.db").exists()


def test_nobody_uses_the_session_or_the_queries_of_the_extension():
    """One session a request can't both write and be held to reading by the database."""
    sources = [
        path
        for name in ("huying", "feedback", "survey", "demo", "bench")
        for path in (ROOT / name).rglob("*.py")
    ]
    assert len(sources) > 300
    assert [path for path in sources if FORBIDDEN.search(path.read_text(encoding="utf-8"))] == []
