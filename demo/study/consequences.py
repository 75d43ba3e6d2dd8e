"""Whom the rule of consequences would name in invented cities, and how wrongly: its points 2 and 3 alone.

Of a year's waves there is one here, and nobody appeals: points 1 and 4 to 6 only ever take names away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.study import field, surveyed
from demo.study.city import AMPLIFIED, GRIDS, SCENARIOS, Bools, StudyCity, build
from demo.study.kinds import SEED
from survey.scores.rules.columns import OFF_PATH, Completes
from survey.scores.rules.consequences import LEAST_ANSWERS, ReleaseStanding
from survey.scores.rules.pipeline import GRID, OVERALL, RATED, PlaceFigure, figures

SIZES = (10, 40, 50, 100)
"""Completes a grid."""
CONDUCT, AWARE = "conduct", "conduct, 28 % can answer"
JUDGED = (OVERALL, CONDUCT, AWARE)
WORST = 0.1
"""The share of all workers that are the worst."""
KNOWN = 0.10 / 0.82
"""The chance that somebody without contact knows of the worker, so that 28 % do."""
SHIFT, SHARED, OWN = 0.9, 0.5, 0.75**0.5
OF_BASE, OF_WORKER, OF_DEPARTMENT = 0.5, 1.6, 0.15
"""What conduct is made of: half of what makes a household content at all, the worker far more."""


@dataclass(frozen=True, slots=True)
class NamedWorkers:
    """Of one city: how many are named, how many of them are above the median, what of the worst is found."""

    named: int
    above_median: int
    found: float


def conduct(city: StudyCity, *, seed: list[int]) -> tuple[Bools, Bools]:
    """Return who is content with the worker's conduct (H,), and who can say so (H,)."""
    random = np.random.default_rng(seed)
    effects = OF_WORKER * city.worker + OF_DEPARTMENT * city.department
    amplified = (1 + AMPLIFIED * city.contact) * effects[city.of]
    noise = SHARED * city.noise + OWN * random.logistic(size=city.of.size)
    content = SHIFT + OF_BASE * city.base + amplified + noise > 0
    return content, city.contact | (random.random(city.of.size) < KNOWN)


def replicate(number: int, *, sizes: tuple[int, ...] = SIZES) -> dict[tuple[str, int], NamedWorkers]:
    """Return what came of the city of a number, by what is judged and completes a grid."""
    city = build(SCENARIOS["base"], seed=[SEED, number, 1])
    content, aware = conduct(city, seed=[SEED, number, 8])
    order = field.calls(city, seed=[SEED, number, 2])
    out = {}
    for n in sizes:
        made = field.sample(order, n)
        for judged, said, can in (
            (OVERALL, city.satisfied, None),
            (CONDUCT, content, None),
            (AWARE, content, aware),
        ):
            out[judged, n] = _named(city, _grids(city, made, said, can, judged=judged))
    return out


def _grids(
    city: StudyCity, made: field.Sample, said: Bools, can: Bools | None, *, judged: str
) -> list[PlaceFigure]:
    item = OVERALL if judged == OVERALL else CONDUCT
    given = surveyed.completed(city, made, city.of, said)
    codes = given.items[OVERALL]
    if can is not None:
        codes = np.where(can[made.completed], codes, OFF_PATH)
    completes = Completes(given.stratum, {item: codes}, given.categories)
    found = figures(surveyed.frame(city), completes, surveyed.terms(city, made), dens={item: (RATED,)})
    return [row for row in found.rows if row.level == GRID]


def _named(city: StudyCity, rows: list[PlaceFigure]) -> NamedWorkers:
    named = [row.place for row in rows if row.n >= LEAST_ANSWERS and _is_named(row)]
    order = np.argsort(city.worker)
    worst = set(order[: int(WORST * GRIDS)].tolist())
    median = float(np.median(city.worker))
    above = sum(bool(city.worker[place] > median) for place in named)
    return NamedWorkers(len(named), above, len(worst.intersection(named)) / len(worst))


def _is_named(row: PlaceFigure) -> bool:
    standing = ReleaseStanding(bool(row.below_type), row.gamma_decision, row.position)
    return standing.below_type and standing.reliable
