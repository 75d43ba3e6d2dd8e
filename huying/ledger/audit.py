"""A ledger worked out again from its lines: every hash of its tree, every root that was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid
from huying.ledger import note, tree
from huying.ledger.keys import VerifierKey
from huying.ledger.store import Ledger

BATCH = 5_000

Levels = list[list[bytes]]
"""The hashes of a tree, its leaves first; of each level those of complete subtrees alone."""


def faults(ledger: Ledger, session: Session, *, keys: Sequence[VerifierKey]) -> Iterator[str]:
    """Say what of a ledger doesn't follow from its lines: numbers, hashes, signed notes."""
    size = session.scalar(select(func.count()).select_from(ledger.entry)) or 0
    if size != ledger.size(session):
        yield f"lines: {size} of {ledger.size(session)}"
        return
    levels = _levels(ledger, session)
    for level, worked_out in enumerate(levels):
        stored = select(ledger.node.hash).where(ledger.node.level == level).order_by(ledger.node.idx)
        if session.scalars(stored).all() != worked_out:
            yield f"hashes of level {level}"
    yield from _notes(ledger, session, levels, keys)


def _levels(ledger: Ledger, session: Session) -> Levels:
    bodies = session.scalars(select(ledger.entry.body).order_by(ledger.entry.idx))
    levels = [[tree.leaf_hash(body) for body in bodies.yield_per(BATCH)]]
    while len(below := levels[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([tree.node_hash(left, right) for left, right in pairs])
    return levels


def _notes(ledger: Ledger, session: Session, levels: Levels, keys: Sequence[VerifierKey]) -> Iterator[str]:
    for signed in session.scalars(select(ledger.stored.note).order_by(ledger.stored.size)):
        try:
            said = note.parse_checkpoint(note.verify(signed, keys=keys).text)
        except Invalid:
            yield f"signature: {signed[:60]!r}"
            continue
        if said.size > len(levels[0]) or said.root != _root(levels, said.size):
            yield f"checkpoint {said.size}"


def _root(levels: Levels, size: int) -> bytes:
    return tree.fold([levels[level][idx] for level, idx in tree.peak_places(0, size)])
