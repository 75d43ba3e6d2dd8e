"""Two releases cell by cell: whether they are equal to the last bit, or where they differ first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MISSING = "–"


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """Where two releases differ first: the row, its column, what was published, what comes out now."""

    where: str
    column: str
    published: str
    now: str


def first_difference(published: str, now: str) -> FirstDifference | None:
    """Return where two bodies of a release differ first; None where they are equal, byte for byte."""
    if published == now:
        return None
    one, other = json.loads(published), json.loads(now)
    rows, others = one.pop("rows"), other.pop("rows")
    for place in range(max(len(rows), len(others))):
        row, beside = _at(rows, place), _at(others, place)
        for column in {**row, **beside}:
            if repr(row.get(column, MISSING)) != repr(beside.get(column, MISSING)):
                return _difference(_named({**beside, **row}), column, row, beside)
    for key in sorted({*one, *other}):
        if one.get(key, MISSING) != other.get(key, MISSING):
            return _difference("", key, one, other)
    return FirstDifference("", "", published[:40], now[:40])


def _at(rows: list[dict[str, Any]], place: int) -> dict[str, Any]:
    return rows[place] if place < len(rows) else {}


def _named(row: dict[str, Any]) -> str:
    return " ".join(str(row.get(name, "")) for name in ("level", "unit", "item", "den"))


def _difference(where: str, column: str, one: dict[str, Any], other: dict[str, Any]) -> FirstDifference:
    return FirstDifference(where, column, str(one.get(column, MISSING)), str(other.get(column, MISSING)))
