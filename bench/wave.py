"""A wave of the study's invented city as a release takes it: units with what they say, areas, tally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from demo.study import field, surveyed
from demo.study.city import GRIDS, SCENARIOS, STREETS, StudyCity, build
from survey.drawing import grouped_tally, groups, tally
from survey.drawing.grouped_tally import GroupedTally
from survey.drawing.tally import TallyCounts
from survey.scores.rules import items
from survey.scores.rules.areas import ReportArea
from survey.scores.rules.estimation import Unit
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET

KNOWN, CONTACT, HELPED = 0.28, 0.28, 0.15
"""Of all households: know their worker, had to do with one, had reported a matter."""
TYPES = ("old", "new", "edge", "mixed")


@dataclass(frozen=True, slots=True, eq=False)
class InventedWave:
    """Completed units by stratum, households of each, areas, and the headline's counts with their tally."""

    units: Sequence[Unit]
    sizes: dict[str, int]
    areas: list[ReportArea]
    headline: dict[str, TallyCounts]
    tally: GroupedTally
    groups: dict[str, list[str]]


def wave(seed: int, n: int, *, communities: bool) -> InventedWave:
    """Return a wave with `n` completes a grid of the city with this seed."""
    city = build(SCENARIOS["base"], seed=[seed, 1])
    made = field.sample(field.calls(city, seed=[seed, 2]), n)
    random = np.random.default_rng([seed, 3])
    units, headline = [], list[tuple[str, int]]()
    for household in made.completed.tolist():
        said = _answers(random, satisfied=bool(city.satisfied[household]))
        stratum = _grid(int(city.of[household]))
        rated = said.get("G1", 98) < 98
        if rated:
            headline.append((stratum, said["G1"]))
        units.append(Unit(stratum, "complete" if rated else "complete_other", items.read(said)))
    sizes = {_grid(at): int(size) for at, size in enumerate(city.size)}
    counts = tally.count(headline)
    held = groups.by_street(
        {grid: round(n * KNOWN) for grid in sizes},
        street_of={_grid(at): f"S{surveyed.STREET[at]:02d}" for at in range(GRIDS)},
        type_of={_grid(at): TYPES[kind] for at, kind in enumerate(city.type)},
    )
    tallied = grouped_tally.count(counts, groups=held, sizes=sizes)
    return InventedWave(units, sizes, _areas(city, communities=communities), counts, tallied, held)


def _answers(random: np.random.Generator, *, satisfied: bool) -> dict[str, int]:
    """What a household says to whatever it is asked; one in twenty doesn't rate."""
    asked = {"G1": KNOWN, "S-A": CONTACT, "S-C": HELPED, "S-D": HELPED}
    good = (4, 5) if satisfied else (1, 2, 3)
    said = {code: int(random.choice(good)) for code, share in asked.items() if random.random() < share}
    return {code: 98 if random.random() < 0.05 else value for code, value in said.items()}


def _grid(at: int) -> str:
    return f"G{at:03d}"


def _areas(city: StudyCity, *, communities: bool) -> list[ReportArea]:
    above = surveyed.COMMUNITY if communities else surveyed.STREET
    letter = "K" if communities else "S"
    found = [
        ReportArea(GRID, _grid(at), "", TYPES[kind], f"{letter}{above[at]:02d}", frozenset({_grid(at)}))
        for at, kind in enumerate(city.type)
    ]
    if communities:
        for place in np.unique(surveyed.COMMUNITY).tolist():
            inside = np.flatnonzero(place == surveyed.COMMUNITY)
            street = f"S{surveyed.STREET[inside[0]]:02d}"
            found.append(
                ReportArea(COMMUNITY, f"K{place:02d}", "", "", street, frozenset(map(_grid, inside)))
            )
    for place in range(STREETS):
        inside = frozenset(map(_grid, np.flatnonzero(place == surveyed.STREET)))
        found.append(ReportArea(STREET, f"S{place:02d}", "", "", "C", inside))
    return [*found, ReportArea(CITY, "C", "", "", None, frozenset(map(_grid, range(GRIDS))))]
