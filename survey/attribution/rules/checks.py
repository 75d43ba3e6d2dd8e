"""Claimed visits that proved false, and test calls that reached somebody, with exact intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from survey.attribution.rules.inputs import AttributionInputs, PlaceName, TriedRow
from survey.attribution.rules.places import DIGITS, EVERYTHING, city_name
from survey.attribution.rules.rows import CheckRow
from survey.scores.rules.pipeline import CITY, GRID, STREET
from survey.scores.rules.suppression import FEW, FREE, ScoreCell, statuses

VISITS, CALLS = "visit", "test_call"
FALSE_IS = {VISITS: False, CALLS: True}
"""Which finding is counted: a visit that nobody remembers, a call that a person answered."""


@dataclass(frozen=True, slots=True)
class CheckStratum:
    """Of a stratum: how many could be drawn, how many were reached, how many of those count."""

    all: int
    reached: int
    counted: int


def visit_rows(inputs: AttributionInputs) -> list[CheckRow]:
    """Return the share of false claims of the city, its streets, and its workers; few answers are hidden."""
    rows = inputs.visits
    places = [*_places(rows, inputs.places), *_workers(rows, inputs.places)]
    cells = [ScoreCell(key, above, _reached(of)) for key, above, _row, of in places]
    told = statuses(cells)
    return [_row(VISITS, row, of, status=told[key]) for key, _above, row, of in places if of]


def call_rows(inputs: AttributionInputs) -> list[CheckRow]:
    """Return the share of test calls that reached a person, of the city, its streets and its grids.

    Posters are dialled, nobody is asked: nothing needs hiding.
    """
    rows = inputs.test_calls
    places = [*_places(rows, inputs.places), *_grids(rows, inputs.places)]
    return [_row(CALLS, row, of, status=FREE) for _key, _above, row, of in places if of]


_Place = tuple[str, str | None, CheckRow, Sequence[TriedRow]]


def _places(rows: Sequence[TriedRow], names: Mapping[str, PlaceName]) -> list[_Place]:
    streets: dict[str, list[TriedRow]] = {}
    for row in rows:
        streets.setdefault(row.street, []).append(row)
    found: list[_Place] = [(EVERYTHING, None, _blank(CITY, EVERYTHING, city_name(names)), rows)]
    for street, of in sorted(streets.items()):
        name = names[street].name if street in names else ""
        found.append((street, EVERYTHING, _blank(STREET, street, name), of))
    return found


def _workers(rows: Sequence[TriedRow], names: Mapping[str, PlaceName]) -> list[_Place]:
    kept: dict[tuple[str, str, str], list[TriedRow]] = {}
    for row in rows:
        kept.setdefault((row.street, row.grid, row.staff), []).append(row)
    return [
        (f"{grid}/{staff}", street, _blank(GRID, grid, _name(grid, names), staff), of)
        for (street, grid, staff), of in sorted(kept.items())
    ]


def _grids(rows: Sequence[TriedRow], names: Mapping[str, PlaceName]) -> list[_Place]:
    kept: dict[tuple[str, str], list[TriedRow]] = {}
    for row in rows:
        kept.setdefault((row.street, row.grid), []).append(row)
    return [
        (grid, street, _blank(GRID, grid, _name(grid, names)), of)
        for (street, grid), of in sorted(kept.items())
    ]


def _blank(level: str, area: str, name: str, staff: str = "") -> CheckRow:
    return CheckRow("", level, area, name, staff, all=0, uncovered=0, status=FEW)


def _name(area: str, names: Mapping[str, PlaceName]) -> str:
    return names[area].name if area in names else ""


def _reached(rows: Sequence[TriedRow]) -> int:
    return sum(row.asked is not None and row.asked.found is not None for row in rows)


def _row(kind: str, blank: CheckRow, rows: Sequence[TriedRow], *, status: str) -> CheckRow:
    uncovered = sum(row.asked is None for row in rows)
    row = replace(blank, kind=kind, all=len(rows), uncovered=uncovered, status=status)
    strata = [each for each in _strata(kind, rows) if each.reached]
    if status != FREE or not strata:
        return row
    share, low, high = estimate(strata)
    return replace(
        row,
        reached=sum(each.reached for each in strata),
        counted=sum(each.counted for each in strata),
        share=round(share, DIGITS),
        low=round(low, DIGITS),
        high=round(high, DIGITS),
    )


def _strata(kind: str, rows: Sequence[TriedRow]) -> list[CheckStratum]:
    every, reached, counted = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        if row.asked is not None:
            every[row.asked.stratum] += 1
            reached[row.asked.stratum] += row.asked.found is not None
            counted[row.asked.stratum] += row.asked.found is FALSE_IS[kind]
    return [CheckStratum(n, reached[name], counted[name]) for name, n in sorted(every.items())]


def estimate(strata: Sequence[CheckStratum]) -> tuple[float, float, float]:
    """Return the share with exact limits: hypergeometric ones of one stratum, of several Korn and Graubard's.

    Whoever was reached stands for the stratum: its share weighs by how many could be drawn.
    """
    from sampling.intervals import korn_graubard  # noqa: PLC0415  (scipy is slow to load)

    if len(strata) == 1:
        return _exact(strata[0])
    whole, n = sum(each.all for each in strata), sum(each.reached for each in strata)
    share = sum(each.all * each.counted / each.reached for each in strata) / whole
    variance = sum(map(_variance, strata)) / whole**2
    limits = korn_graubard(min(share, 1.0), variance**0.5, n, max(n - len(strata), 1))
    return share, float(limits.low), float(limits.high)


# Twenty thousand grids of a poster or two have few different counts.
@lru_cache(maxsize=4096)
def _exact(one: CheckStratum) -> tuple[float, float, float]:
    from sampling.intervals import hypergeometric  # noqa: PLC0415  (scipy is slow to load)

    limits = hypergeometric(one.counted, one.reached, one.all)
    return one.counted / one.reached, float(limits.low), float(limits.high)


def _variance(each: CheckStratum) -> float:
    """Of a stratum's total; a single one reached tells no spread, so that of an even share stands for it."""
    p, left = each.counted / each.reached, 1 - each.reached / each.all
    spread = p * (1 - p) / (each.reached - 1) if each.reached > 1 else 0.25
    return each.all**2 * left * spread
