"""A wave's rows in an auditors' package: what each unit says, the frame, the areas; written and read back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from huying.sheets.writing import as_text
from survey.registry.rules.margins import CATEGORIES, of_sealed
from survey.scores.rules.areas import ReportArea, places
from survey.scores.rules.estimation import COMPLETE, Unit
from survey.scores.rules.inputs import ScoreInputs, text, with_margins
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import GRID
from survey.scores.rules.release import Facts

Cells = Sequence[str | int | float | None]
ROWS, WAVE, STRATA, AREAS, MARGINS = "rows.csv", "wave.json", "strata.csv", "areas.csv", "margins.csv"
FIXED = ("row", "stratum", "outcome", "complete")


def table(rows: Iterable[Cells]) -> bytes:
    """Return rows as comma-separated values, UTF-8 with CRLF; None is empty."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return made.getvalue().encode()


def _written(cell: str | float | None) -> str:
    if cell is None:
        return ""
    return as_text(cell) if isinstance(cell, str) else repr(cell)


def files(inputs: ScoreInputs) -> dict[str, bytes]:
    """Return a wave's files by name: the rows under running numbers, what else the figures are made of."""
    return {
        ROWS: table(_rows(inputs)),
        WAVE: text(_wave(inputs)).encode() + b"\n",
        STRATA: table(_strata(inputs)),
        AREAS: table(_areas(inputs)),
        MARGINS: table(_margins(inputs)),
    }


def _rows(inputs: ScoreInputs) -> Iterator[Cells]:
    """The units in an order that tells nothing: that of what they say."""
    yield [*FIXED, *DENS, *CATEGORIES]
    for number, unit in enumerate(inputs.rows, start=1):
        complete = int(unit.code in COMPLETE)
        said = [unit.said[item] for item in DENS]
        yield [
            number,
            unit.stratum,
            unit.code,
            complete,
            *said,
            *(unit.told.get(name) for name in CATEGORIES),
        ]


def _wave(inputs: ScoreInputs) -> dict[str, Any]:
    return {
        "label": inputs.label,
        "number": inputs.number,
        "early": inputs.facts.early,
        "sizes": dict(inputs.sizes),
        "complaints": dict(inputs.complaints),
        "margins": None if inputs.table is None else inputs.table.sealed,
        "areas": [
            [area.level, area.code, area.name, area.kind, area.parent, sorted(area.strata)]
            for area in inputs.areas
        ],
    }


def _strata(inputs: ScoreInputs) -> Iterator[Cells]:
    """The frame as the estimates take it; places count from 0, grids in the order of joining."""
    at = places(inputs.areas, sizes=inputs.sizes)
    frame, grids = at.frame, at.areas[GRID]
    yield "stratum", "households", "grid", "grid_no", "type", "community_no", "street_no"
    for stratum, place in at.stratum.items():
        grid = int(frame.grid[place])
        above = int(frame.community[grid]), int(frame.street[grid])
        yield stratum, int(frame.households[place]), grids[grid].code, grid, grids[grid].kind, *above


def _areas(inputs: ScoreInputs) -> Iterator[Cells]:
    yield "level", "no", "unit", "name"
    at = places(inputs.areas, sizes=inputs.sizes)
    for level, found in at.areas.items():
        for number, area in found.items():
            yield level, number, area.code, area.name


def _margins(inputs: ScoreInputs) -> Iterator[Cells]:
    yield "margin", "category", "households", "met"
    for margin in inputs.margins:
        for category, households in enumerate(margin.households.tolist()):
            yield margin.name, category, households, int(margin.name in inputs.facts.met)


def read(found: Mapping[str, bytes]) -> ScoreInputs:
    """Return the inputs of a wave from its files; raise ValueError or KeyError where these are others."""
    said = json.loads(found[WAVE])
    own = ScoreInputs(
        label=said["label"],
        units=dict(_units(found[ROWS])),
        sizes=said["sizes"],
        areas=[
            ReportArea(level, code, name, kind, parent, frozenset(strata))
            for level, code, name, kind, parent, strata in said["areas"]
        ],
        facts=Facts(early=said["early"]),
        complaints=said["complaints"],
        table=of_sealed(said["margins"]),
        number=said["number"],
    )
    return with_margins(own)


def _units(data: bytes) -> Iterator[tuple[str, Unit]]:
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        told = {name: int(row[name]) for name in CATEGORIES if row[name]}
        said = {item: int(row[item]) for item in DENS}
        yield row["row"], Unit(row["stratum"], row["outcome"], said, told)
