"""The package for everybody: a release, and cells that add up to every figure of streets and above.

It is made of the published table and of the frame's sizes alone: whoever has it knows no more than before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from huying.base import assets
from survey.handover.rules import limits_again
from survey.handover.rules.fitting import MergedCell, fitted
from survey.handover.rules.rows import Cells, table
from survey.scores.rules import table as published
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET
from survey.scores.rules.release import ScoreRow

FORMAT = "huying-public/v1"
TABLE, CELLS, LIMITS, PACKAGE, CHECKER, READ_ME = (
    "scores.csv",
    "cells.csv",
    "limits.csv",
    "package.json",
    "check.py",
    "README.txt",
)
REST = "*"
"""Stands for what is left of an area whose other parts stand for themselves."""
COLUMNS = (
    "households", "rating", "content", "completes", "raters", "satisfied", "asked",
)  # fmt: skip
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """An area above grids: the area it lies in, and the households of the frame."""

    code: str
    level: str
    above: str | None
    households: int


def files(
    rows: Sequence[ScoreRow],
    frame: Sequence[Place],
    *,
    digest: str,
    response_rate: float,
    odds: float,
) -> dict[str, bytes]:
    """Return the package's files by name, from a release's rows and the frame's sizes."""
    silence = (1 - response_rate) * odds
    about = {
        "format": "huying-public/v1",
        "release_sha256": digest,
        "response_rate": response_rate,
        "odds": odds,
    }
    folder = assets.folder("templates") / "handover"
    return {
        READ_ME: (folder / "public.txt").read_bytes(),
        TABLE: "".join(published.lines(rows, digest=digest)).encode(),
        CELLS: table(_cells(rows, frame)),
        LIMITS: table(_limits(rows, silence)),
        PACKAGE: json.dumps(about, sort_keys=True).encode() + b"\n",
        CHECKER: (folder / CHECKER).read_bytes(),
    }


def _cells(rows: Sequence[ScoreRow], frame: Sequence[Place]) -> Iterator[Cells]:
    """The cells of each item, those of which too little is told merged with what is left of their street."""
    yield "item", "cell", "areas", *COLUMNS
    for item, held in _by_item(rows).items():
        cells = merged(held, frame)
        parts = fitted(held, cells)
        if parts is None:
            continue
        for cell, row in zip(cells, parts.tolist(), strict=True):
            yield item, cell.code, " ".join(sorted(cell.areas)), *(round(each, DIGITS) for each in row)


def _by_item(rows: Iterable[ScoreRow]) -> dict[str, list[ScoreRow]]:
    found: dict[str, list[ScoreRow]] = {}
    for row in rows:
        if row.level != GRID:
            found.setdefault(row.item, []).append(row)
    return found


def merged(rows: Iterable[ScoreRow], frame: Sequence[Place]) -> list[MergedCell]:
    """Return an item's cells: communities that are shown, the rest of each street, the rest of the city."""
    told = {row.unit for row in rows if row.low is not None}
    city = next(place for place in frame if place.level == CITY)
    streets = [place for place in frame if place.level == STREET and place.code in told]
    found = [cell for street in streets for cell in _street(street, city.code, frame, told)]
    rest = city.households - sum(street.households for street in streets)
    return [*found, MergedCell(REST, frozenset({city.code}), rest)] if rest > 0 or not found else found


def _street(street: Place, city: str, frame: Sequence[Place], told: set[str]) -> list[MergedCell]:
    inside = [
        place
        for place in frame
        if place.level == COMMUNITY and place.above == street.code and place.code in told
    ]
    around = frozenset({street.code, city})
    found = [MergedCell(place.code, around | {place.code}, place.households) for place in inside]
    rest = street.households - sum(place.households for place in inside)
    return [*found, MergedCell(street.code + REST, around, rest)] if rest > 0 or not found else found


def _limits(rows: Iterable[ScoreRow], silence: float) -> Iterator[Cells]:
    """What the interval's formula is given for each shown figure of streets and above."""
    yield "level", "unit", "item", "den", "share", "worth"
    for row in rows:
        if row.level not in {CITY, STREET} or row.low is None or row.high is None:
            continue
        agreed = float(row.low + row.high > 1)
        share = agreed if row.estimate is None else row.estimate
        if (made := limits_again.found(share, row.low, row.high, silence=silence)) is not None:
            yield row.level, row.unit, row.item, row.den, *made
