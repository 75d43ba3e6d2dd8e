"""The draw by the standard library alone: one digest a unit, and a few rows of each stratum in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from survey.engines.bounds import Bound, EngineRow, Scan

UNIT = 14
"""Bytes of a unit's code, at the start of a line."""

COMMITMENT = len("\t") + 64 + len("\n")
"""Bytes of the commitment at its end, with what stands around it."""

BUFFER = 1 << 20
"""Bytes that are read at once."""

DIGEST = 32
"""Bytes of a digest."""

NOWHERE = b""
"""Below every digest: the bound of strata that nobody asked for."""


@contextmanager
def open_scan(frame: Path, *, key: str, database: str = "") -> Iterator[Scan]:
    """Read `frame.tsv` line by line, once a pass."""
    del database

    def scan(within: Sequence[Bound]) -> Iterator[EngineRow]:
        kept = _within(frame, key.encode(), {bound.stratum.encode(): _limit(bound) for bound in within})
        for bound in within:
            rows = sorted(kept[bound.stratum.encode()])[: bound.wanted]
            for rank, row in enumerate(rows, start=1):
                yield bound.stratum, rank, row[:DIGEST].hex(), row[DIGEST:].decode()

    yield scan


def _limit(bound: Bound) -> bytes:
    """The largest digest within the bound."""
    return bytes.fromhex(bound.prefix).ljust(sha256().digest_size, b"\xff")


def _within(frame: Path, key: bytes, limits: dict[bytes, bytes]) -> dict[bytes, list[bytes]]:
    """Return each stratum's digests within its limit, the unit's code behind each."""
    kept: dict[bytes, list[bytes]] = {stratum: [] for stratum in limits}
    limit_of, digest_of, top = limits.get, sha256, max(limits.values(), default=NOWHERE)
    code = slice(UNIT)
    with frame.open("rb", buffering=BUFFER) as lines:
        for line in lines:
            # Most rows are beyond the widest bound: only the others are looked at further.
            if (digest := digest_of(key + line[code]).digest()) <= top:
                stratum = line[UNIT + 1 : -COMMITMENT]
                if digest <= limit_of(stratum, NOWHERE):
                    kept[stratum].append(digest + line[code])
    return kept
