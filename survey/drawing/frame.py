"""`frame.tsv`: every unit that can be drawn, its stratum and the commitment of its household."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from huying.ledger.tree import leaf_hash, root
from survey.drawing import tables
from survey.drawing.fields import HASH, STRATUM, UNIT

NAME = "frame.tsv"


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One unit: its code in this wave, its stratum, the commitment `c` of its record."""

    unit: str
    stratum: str
    c: str


def build(rows: Iterable[FrameRow]) -> bytes:
    """Return `frame.tsv` of the rows in any order; raise Invalid for a wrong field or a unit twice."""
    ordered = sorted(rows, key=attrgetter("unit"))
    data = tables.build((row.unit, row.stratum, row.c) for row in ordered)
    parse(data)
    return data


def parse(data: bytes) -> tuple[FrameRow, ...]:
    """Return the rows of `frame.tsv`, sorted by unit; raise Invalid naming the first wrong line."""
    return tables.parse(data, name=NAME, width=3, read=_row, order=lambda row: (row.unit,))


def _row(fields: Sequence[str]) -> FrameRow:
    unit, stratum, c = fields
    return FrameRow(UNIT.check(unit), STRATUM.check(stratum), HASH.check(c))


def frame_root(data: bytes) -> str:
    """Return the tree hash (64 hex digits) of the lines of `frame.tsv`."""
    return root(leaf_hash(line) for line in tables.lines(data, name=NAME)).hex()


def sizes(rows: Iterable[FrameRow]) -> dict[str, int]:
    """Return the number of units of each stratum, N_h, sorted by stratum."""
    return dict(sorted(Counter(row.stratum for row in rows).items()))
