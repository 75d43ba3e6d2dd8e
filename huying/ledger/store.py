"""A ledger in the database: entries, tree nodes and checkpoints, written in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import (
    BigInteger,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.ledger import note, tree
from huying.store.db import UtcDateTime

# "huying" in ASCII: one lock for every ledger of a database, held until the transaction ends.
APPEND_LOCK = 0x687579696E67

# SQLite numbers its rows itself only for INTEGER keys, and stores BIGINT keys beside them.
BIG = BigInteger().with_variant(Integer(), "sqlite")


class LogEntryMixin:
    """A line of the log, numbered from 0; `body` is the canonical line without LF."""

    idx: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class LogNodeMixin:
    """Hash over the leaves idx·2^level … (idx + 1)·2^level − 1; complete subtrees only."""

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    idx: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpointMixin:
    """The signed note of one size."""

    size: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)


class LogWitnessMixin:
    """A witness whose cosignatures are taken in and shown, while `dropped_at` is empty."""

    vkey: Mapped[str] = mapped_column(String(300), primary_key=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LogCosignatureMixin:
    """A witness's line under the checkpoint of one size; `key` is its public key in hexadecimal digits."""

    size: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    line: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One log, bound to the tables of one side; every method works inside the session's transaction."""

    entry: type[LogEntryMixin]
    node: type[LogNodeMixin]
    stored: type[LogCheckpointMixin]
    witness: type[LogWitnessMixin]
    cosigned: type[LogCosignatureMixin]

    def append(self, session: Session, line: bytes, *, at: datetime) -> int:
        """Add one line (no LF in it) and return its number."""
        return self.extend(session, [line], at=at)

    def extend(self, session: Session, lines: Iterable[bytes], *, at: datetime) -> int:
        """Add lines in their order, all at the instant `at`, and return the number of the first."""
        self.hold(session)
        first = self.size(session)
        growth = _Growth(first, self._peaks(session, 0, first))
        entries = []
        for index, line in enumerate(lines, start=first):
            if b"\n" in line or b"\r" in line:
                raise ValueError("an entry is one line")
            growth.add(tree.leaf_hash(line))
            entries.append({"idx": index, "at": at, "body": line})
        if entries:
            session.execute(insert(self.entry), entries)
            session.execute(insert(self.node), growth.nodes)
        return first

    def size(self, session: Session) -> int:
        """How many lines the log has."""
        # The highest number, not a count: lines are never removed, and the key answers at once.
        last = session.scalar(select(func.max(self.entry.idx)))
        return 0 if last is None else last + 1

    def root(self, session: Session, size: int | None = None) -> bytes:
        """Tree hash of the first `size` lines, by default of all; raises Invalid where there are fewer."""
        return tree.fold(self._peaks(session, 0, self._within(session, size)))

    def lines(self, session: Session, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Lines start…stop−1, by default all."""
        query = select(self.entry.body).where(self.entry.idx >= start).order_by(self.entry.idx)
        if stop is not None:
            query = query.where(self.entry.idx < stop)
        return list(session.scalars(query))

    def checkpoint(self, session: Session, *, origin: str, key: Ed25519PrivateKey) -> str:
        """Return the signed note of the log as it stands; made once for each size, then kept."""
        self.hold(session)
        size = self.size(session)
        kept = session.scalar(select(self.stored.note).where(self.stored.size == size))
        if kept is not None:
            return kept
        signed = note.sign_checkpoint(note.Checkpoint(origin, size, self.root(session, size)), key=key)
        session.execute(insert(self.stored), [{"size": size, "note": signed}])
        return signed

    def latest_checkpoint(self, session: Session) -> str | None:
        """The note of the largest size that was signed, or None before the first."""
        return session.scalar(select(self.stored.note).order_by(self.stored.size.desc()).limit(1))

    def inclusion_proof(self, session: Session, *, index: int, size: int | None = None) -> list[bytes]:
        """Hashes that prove line `index` in the log of `size`, the sibling first; raises Invalid."""
        size = self._within(session, size)
        if not 0 <= index < size:
            raise Invalid(
                _("账本的前 %(size)s 条里没有第 %(index)s 条（从 0 数起）。", size=size, index=index)
            )
        return self._hashes(session, tree.inclusion_ranges(index, size=size))

    def consistency_proof(self, session: Session, *, first: int, second: int | None = None) -> list[bytes]:
        """Hashes that prove the log of `second` an extension of the log of `first`; raises Invalid."""
        second = self._within(session, second)
        if not 0 < first <= second:
            raise Invalid(_("不能证明从 %(first)s 条到 %(second)s 条的延续。", first=first, second=second))
        return self._hashes(session, tree.consistency_ranges(first, second=second))

    def hold(self, session: Session) -> None:
        """Let nobody else append or sign until this transaction ends."""
        # A writer on SQLite holds the whole database from its BEGIN IMMEDIATE on.
        if session.get_bind().dialect.name == "postgresql":
            session.execute(select(func.pg_advisory_xact_lock(APPEND_LOCK)))

    def _within(self, session: Session, size: int | None) -> int:
        count = self.size(session)
        if size is None:
            return count
        if not 0 <= size <= count:
            raise Invalid(_("账本现在只有 %(count)s 条，没有 %(size)s 条。", count=count, size=size))
        return size

    def _hashes(self, session: Session, ranges: Sequence[tree.Range]) -> list[bytes]:
        return [tree.fold(self._peaks(session, start, stop)) for start, stop in ranges]

    def _peaks(self, session: Session, start: int, stop: int) -> list[bytes]:
        """Hashes of the complete subtrees over the leaves start…stop−1, left to right."""
        places = tree.peak_places(start, stop)
        place = tuple_(self.node.level, self.node.idx)
        query = select(self.node.level, self.node.hash).where(place.in_(places))
        # Of a range's subtrees no two have the same level, and the higher stands further left.
        by_level = dict(session.execute(query).all()) if places else {}
        return [by_level[level] for level, _ in places]


class _Growth:
    """The right edge of a tree while leaves are added, and the nodes that they complete."""

    def __init__(self, size: int, peaks: list[bytes]) -> None:
        self.size = size
        self.peaks = peaks
        self.nodes: list[dict[str, int | bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf, and one parent for each trailing 1-bit of its number."""
        digest = leaf
        self._keep(0, digest)
        for level in range(1, tree.trailing_ones(self.size) + 1):
            digest = tree.node_hash(self.peaks.pop(), digest)
            self._keep(level, digest)
        self.peaks.append(digest)
        self.size += 1

    def _keep(self, level: int, digest: bytes) -> None:
        self.nodes.append({"level": level, "idx": self.size >> level, "hash": digest})
