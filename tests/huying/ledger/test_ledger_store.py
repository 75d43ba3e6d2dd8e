"""The ledger in the database: numbered without gaps, never changed, proved by its own tree."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Executable, Table, create_engine, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session

from huying.base.errors import Invalid
from huying.ledger import note, tree
from huying.ledger.keys import verifier_key
from huying.ledger.store import (
    Ledger,
    LogCheckpointMixin,
    LogCosignatureMixin,
    LogEntryMixin,
    LogNodeMixin,
    LogWitnessMixin,
)
from huying.store.db import Database
from huying.store.insert_only import insert_only_ddl, protect
from tests.support.examples import examples

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


class Base(DeclarativeBase):
    pass


class LogEntry(LogEntryMixin, Base):
    __tablename__ = "log_entry"


class LogNode(LogNodeMixin, Base):
    __tablename__ = "log_node"


class LogCheckpoint(LogCheckpointMixin, Base):
    __tablename__ = "log_checkpoint"


class LogWitness(LogWitnessMixin, Base):
    __tablename__ = "log_witness"


class LogCosignature(LogCosignatureMixin, Base):
    __tablename__ = "log_cosignature"


TABLES = [table for table in Base.metadata.sorted_tables if table.name != "log_witness"]
protect(*TABLES)
LEDGER = Ledger(LogEntry, LogNode, LogCheckpoint, LogWitness, LogCosignature)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.dispose()


@contextmanager
def in_memory() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def leaves_of(lines: list[bytes]) -> list[bytes]:
    return [tree.leaf_hash(line) for line in lines]


entries = st.lists(st.binary(max_size=4).filter(lambda line: not {10, 13} & set(line)), max_size=40)


@given(st.lists(entries, max_size=4), st.data())
@examples(40)
def test_the_stored_tree_is_the_tree_of_the_lines(batches: list[list[bytes]], data: st.DataObject) -> None:
    lines = [line for batch in batches for line in batch]
    leaves = leaves_of(lines)
    with in_memory() as session:
        for batch in batches:
            LEDGER.extend(session, batch, at=AT)
        assert LEDGER.lines(session) == lines
        assert LEDGER.size(session) == len(lines)
        size = data.draw(st.integers(0, len(lines)))
        assert LEDGER.root(session) == tree.root(leaves)
        assert LEDGER.root(session, size) == tree.root(leaves[:size])
        nodes = session.scalar(select(func.count()).select_from(LogNode))
        assert nodes == 2 * len(lines) - len(lines).bit_count()


@given(entries.filter(bool), st.data())
@examples(40)
def test_stored_nodes_give_the_proofs_of_the_lines(lines: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(lines)))
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaves = leaves_of(lines)[:size]
    with in_memory() as session:
        LEDGER.extend(session, lines, at=AT)
        inclusion = LEDGER.inclusion_proof(session, index=index, size=size)
        assert inclusion == tree.inclusion_proof(leaves, index=index)
        consistency = LEDGER.consistency_proof(session, first=first, second=size)
        assert consistency == tree.consistency_proof(leaves, first=first)


def test_lines_are_numbered_from_zero_and_found_by_number(database: Database) -> None:
    with database.transaction() as session:
        numbers = [LEDGER.append(session, line, at=AT) for line in (b"a", b"b", b"c", b"d", b"e")]
    assert numbers == [0, 1, 2, 3, 4]
    with database.reading() as session:
        assert LEDGER.lines(session, 1, 3) == [b"b", b"c"]
        assert LEDGER.lines(session, 3) == [b"d", b"e"]
        assert LEDGER.root(session) == tree.root(leaves_of([b"a", b"b", b"c", b"d", b"e"]))
        assert session.get_one(LogEntry, 2).at == AT


def test_the_empty_log_has_the_empty_root(database: Database) -> None:
    with database.reading() as session:
        assert LEDGER.size(session) == 0
        assert LEDGER.root(session) == tree.EMPTY_ROOT
        assert LEDGER.latest_checkpoint(session) is None


def test_an_entry_that_was_rolled_back_leaves_no_gap(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        _ = LEDGER.append(session, b"lost", at=AT) / 0
    with database.transaction() as session:
        assert LEDGER.append(session, b"kept", at=AT) == 0


def test_writers_at_once_do_not_fork_the_numbering(database: Database) -> None:
    def write(name: int) -> None:
        for turn in range(5):
            with database.transaction() as session:
                LEDGER.append(session, f"{name}-{turn}".encode(), at=AT)

    writers = [threading.Thread(target=write, args=[name]) for name in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.reading() as session:
        lines = LEDGER.lines(session)
        assert len(set(lines)) == 30
        assert LEDGER.root(session) == tree.root(leaves_of(lines))


@pytest.mark.parametrize("table", TABLES, ids=str)
@pytest.mark.parametrize("verb", ["update", "delete", "truncate"])
def test_nothing_is_changed_or_removed(database: Database, table: Table, verb: str) -> None:
    with database.transaction() as session:
        LEDGER.append(session, b"a", at=AT)
        LEDGER.checkpoint(session, origin="o.example", key=KEY)
        session.add(LogCosignature(size=1, key="0" * 64, at=AT, line="— w x\n"))
    # SQLite empties a table by DELETE alone.
    empty = "DELETE FROM" if database.engine.dialect.name == "sqlite" else "TRUNCATE"
    first_key = next(iter(table.primary_key))
    statements: dict[str, Executable] = {
        "update": update(table).values({first_key: first_key + 1}),
        "delete": delete(table),
        "truncate": text(f"{empty} {table}"),
    }
    with pytest.raises(DBAPIError, match="is insert-only"), database.transaction() as session:
        session.execute(statements[verb])


def test_a_number_is_given_once(database: Database) -> None:
    with database.transaction() as session:
        LEDGER.append(session, b"a", at=AT)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert(LogEntry), [{"idx": 0, "at": AT, "body": b"b"}])


def test_an_entry_is_one_line() -> None:
    with in_memory() as session, pytest.raises(ValueError, match="one line"):
        LEDGER.append(session, b"a\nb", at=AT)


def test_a_checkpoint_is_signed_once_for_each_size(database: Database) -> None:
    log = verifier_key("o.example", key=KEY)
    with database.transaction() as session:
        LEDGER.extend(session, [b"a", b"b", b"c"], at=AT)
        signed = LEDGER.checkpoint(session, origin="o.example", key=KEY)
        assert LEDGER.checkpoint(session, origin="o.example", key=KEY) == signed
        assert note.verify_checkpoint(signed, log=log).root == LEDGER.root(session)
    with database.transaction() as session:
        LEDGER.append(session, b"d", at=AT)
        assert LEDGER.latest_checkpoint(session) == signed
        assert (
            note.verify_checkpoint(LEDGER.checkpoint(session, origin="o.example", key=KEY), log=log).size == 4
        )


def test_what_the_log_does_not_hold_is_refused_in_words(database: Database) -> None:
    with database.transaction() as session:
        LEDGER.extend(session, [b"a", b"b"], at=AT)
        with pytest.raises(Invalid, match="只有 2 条"):
            LEDGER.root(session, 3)
        with pytest.raises(Invalid, match="没有第 2 条"):
            LEDGER.inclusion_proof(session, index=2)
        with pytest.raises(Invalid, match="不能证明"):
            LEDGER.consistency_proof(session, first=0)


def test_both_dialects_have_their_statements() -> None:
    assert len(insert_only_ddl("log_entry", dialect="sqlite")) == 2
    assert len(insert_only_ddl("log_entry", dialect="postgresql")) == 3
