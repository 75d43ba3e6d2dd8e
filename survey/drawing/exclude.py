"""`exclude.tsv`: units of earlier waves that leave this wave's frame, under their codes of then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from survey.drawing import tables
from survey.drawing.fields import UNIT, WAVE


@dataclass(frozen=True, slots=True)
class Excluded:
    """A unit released in an earlier wave, by that wave's code."""

    unit: str
    wave: str


def build(rows: Iterable[Excluded]) -> bytes:
    """Return `exclude.tsv` of the rows in any order; raise Invalid for a wrong field or a row twice."""
    data = tables.build(sorted(map(_order, rows)))
    parse(data)
    return data


def parse(data: bytes) -> tuple[Excluded, ...]:
    """Return the rows of `exclude.tsv`; raise Invalid naming the first wrong line."""
    return tables.parse(data, name="exclude.tsv", width=2, read=_row, order=_order)


def _order(row: Excluded) -> tuple[str, str]:
    return row.unit, row.wave


def _row(fields: Sequence[str]) -> Excluded:
    return Excluded(UNIT.check(fields[0]), WAVE.check(fields[1]))


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) that the `exclude` entry records."""
    return sha256(data).hexdigest()
