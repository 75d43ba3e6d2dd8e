"""`python -m demo.check`: do published intervals hold the truth? Invented cities, by the scores' own way.

Exit code 1 where a kind of figure holds it in fewer than 93 % of cases, less two Monte-Carlo errors.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from demo.study import field, surveyed
from demo.study.city import SCENARIOS, Floats, Ints, StudyCity, build
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET, PlaceFigure

SEED = 20261127
SIZES = (10, 50)
LEAST = 0.93
BROAD = (0.93, 0.97)
"""Without hidden nonresponse the interval without the band holds the truth so often."""
RMSE = 8.2
"""Points, of grids with ten answers, with margins."""
HONEST = "mnar0"
FAILING = "mnar40"
"""Hidden nonresponse beyond the band: printed, never promised away."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One level of figures in one city: cases, how many intervals hold, with and without the band."""

    level: str
    cases: int
    held: int
    held_plain: int
    width: float
    squared: float
    bias: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What a kind of figure came to over all cities; widths and errors in points."""

    scenario: str
    n: int
    level: str
    coverage: float
    error: float
    plain: float
    width: float
    rmse: float
    bias: float

    @property
    def holds(self) -> bool:
        """Whether the row keeps what is promised of it."""
        enough = self.scenario == FAILING or self.coverage >= LEAST - 2 * self.error
        sharp = self.level != GRID or self.n != SIZES[0] or self.scenario != "base" or self.rmse <= RMSE
        asked = self.scenario == HONEST and self.level in {STREET, GRID}
        fair = not asked or BROAD[0] - 2 * self.error <= self.plain <= BROAD[1] + 2 * self.error
        return enough and sharp and fair


def one(scenario: str, n: int, replicate: int) -> list[Kind]:
    """Return what the figures of one city came to."""
    city = build(SCENARIOS[scenario], seed=[SEED, replicate, 1])
    made = field.sample(field.calls(city, seed=[SEED, replicate, 2]), n)
    rows = surveyed.scored(city, made).rows
    truths = {
        CITY: _means(city, np.zeros_like(surveyed.STREET)),
        STREET: _means(city, surveyed.STREET),
        COMMUNITY: _means(city, surveyed.COMMUNITY),
        GRID: city.theta,
    }
    return [
        _kind(level, [row for row in rows if row.level == level], truth) for level, truth in truths.items()
    ]


def _means(city: StudyCity, of: Ints) -> Floats:
    place = of[city.of]
    found: Floats = np.bincount(place, city.satisfied) / np.bincount(place)
    return found


def _kind(level: str, rows: list[PlaceFigure], truth: Floats) -> Kind:
    aims = truth[[row.place for row in rows]].tolist()
    off = [row.value - aim for row, aim in zip(rows, aims, strict=True)]
    return Kind(
        level=level,
        cases=len(rows),
        held=sum(row.low <= aim <= row.high for row, aim in zip(rows, aims, strict=True)),
        held_plain=sum(row.plain_low <= aim <= row.plain_high for row, aim in zip(rows, aims, strict=True)),
        width=sum(row.high - row.low for row in rows),
        squared=sum(each**2 for each in off),
        bias=sum(off),
    )


def summed(scenario: str, n: int, kinds: list[Kind]) -> Judged:
    """Return one level's figures of all cities together; their error is that between cities."""
    cases = sum(kind.cases for kind in kinds)
    shares = np.array([kind.held / kind.cases for kind in kinds])
    spread = float(shares.std(ddof=1) / np.sqrt(shares.size)) if shares.size > 1 else 0.0
    return Judged(
        scenario=scenario,
        n=n,
        level=kinds[0].level,
        coverage=sum(kind.held for kind in kinds) / cases,
        error=spread,
        plain=sum(kind.held_plain for kind in kinds) / cases,
        width=100 * sum(kind.width for kind in kinds) / cases,
        rmse=100 * float(np.sqrt(sum(kind.squared for kind in kinds) / cases)),
        bias=100 * sum(kind.bias for kind in kinds) / cases,
    )


def run(scenarios: list[str], replicates: int, *, processes: int) -> Iterator[Judged]:
    """Yield the rows of each scenario and size."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for scenario in scenarios:
            for n in SIZES:
                cities = list(
                    pool.map(one, *zip(*((scenario, n, k) for k in range(replicates)), strict=True))
                )
                yield from (summed(scenario, n, list(level)) for level in zip(*cities, strict=True))


def main(words: list[str] | None = None) -> int:
    """Run the check, print it, say whether it held."""
    parser = argparse.ArgumentParser(prog="python -m demo.check", description=__doc__)
    parser.add_argument("--replicates", type=int, default=100, help="invented cities (default: 100)")
    parser.add_argument("--scenario", action="append", choices=sorted(SCENARIOS), default=[])
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args(words)
    head = ("scenario", "n", "level", "holds %", "± %", "no band %", "width", "RMSE", "bias")
    print("{:<9}{:>4} {:<10}{:>8}{:>6}{:>10}{:>7}{:>6}{:>6}".format(*head))  # noqa: T201
    held = True
    for row in run(
        options.scenario or ["base", HONEST, FAILING], options.replicates, processes=options.processes
    ):
        held &= row.holds
        print(  # noqa: T201
            f"{row.scenario:<9}{row.n:>4} {row.level:<10}{100 * row.coverage:>8.1f}{100 * row.error:>6.1f}"
            f"{100 * row.plain:>10.1f}{row.width:>7.1f}{row.rmse:>6.1f}{row.bias:>6.1f}"
            f"{'' if row.holds else '  below what is promised'}"
        )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
