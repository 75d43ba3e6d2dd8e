"""Releases of invented cities as they are handed on: no database, every kind of row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from bench.wave import InventedWave, wave
from survey.registry.rules.margins import CATEGORIES, CityMargins
from survey.scores.rules.estimation import Unit
from survey.scores.rules.inputs import ScoreInputs, pooling, with_margins
from survey.scores.rules.items import SILENT
from survey.scores.rules.release import Facts
from survey.scores.rules.release_making import ReleaseInputs

MARGINS = CityMargins(
    "统计局",
    date(2026, 1, 1),
    {"age": (100_000, 90_000, 60_000), "tenure": (170_000, 80_000), "phone": (25_000, 225_000)},
)


def invented(seed: int = 3, n: int = 4, *, pooled: bool = False, margins: bool = True) -> ReleaseInputs:
    """A city of 400 grids with `n` completes in most; a third tell no category, a grid is of two strata."""
    made = wave(seed, n, communities=True)
    own = _inputs("w2", made, seed=seed, margins=margins)
    former = [_inputs("w1", wave(seed + 1, n, communities=True), seed=seed + 1, margins=margins)]
    return ReleaseInputs(pooling(own, former if pooled else []), {}, made.groups, made.tally, "none")


def _inputs(label: str, made: InventedWave, *, seed: int, margins: bool) -> ScoreInputs:
    random = np.random.default_rng([seed, 9])
    units = [replace(unit, told=_told(random)) for unit in made.units]
    kept = [unit for unit in units if unit.stratum not in {"G007", "G011"}]
    kept += [Unit(f"G{at:03d}", "noncontact", SILENT) for at in range(400) for _each in range(2)]
    split = dict.fromkeys(("G020",), "G020+")
    sizes = {**made.sizes, "G020+": 200}
    areas = [
        replace(area, strata=area.strata | {split[one] for one in area.strata if one in split})
        for area in made.areas
    ]
    kept.append(replace(units[0], stratum="G020+"))
    numbered = {str(number): unit for number, unit in enumerate(kept)}
    given = ScoreInputs(label, numbered, sizes, areas, Facts(), {}, table=MARGINS if margins else None)
    return with_margins(given)


def _told(random: np.random.Generator) -> dict[str, int]:
    sizes = {name: len(held) for name, held in CATEGORIES.items()}
    chances = {"age": (0.5, 0.35, 0.15), "tenure": (0.7, 0.3), "phone": (0.08, 0.92)}
    return {
        name: int(random.choice(size, p=chances[name]))
        for name, size in sizes.items()
        if name == "phone" or random.random() < 0.85
    }
