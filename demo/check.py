"""`python -m demo.check`: do published intervals hold the truth? Invented cities, by the scores' own way.

Exit code 1 where a kind of figure holds it in fewer than 93 % of cases, less two Monte-Carlo errors, or where
too much of what is called out is called out wrongly.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from demo.study.city import SCENARIOS
from demo.study.kinds import FLAGS, NAMED, CalledOut, CityChecked, Kind, checked
from survey.scores.rules.pipeline import GRID, STREET

SIZES = (10, 50)
LEAST = 0.93
BROAD = (0.93, 0.97)
"""Without hidden nonresponse the interval without the band holds the truth so often."""
RMSE = 8.2
"""Points, of grids with ten answers, with margins."""
WRONG = {FLAGS: 0.01, NAMED: 0.05}
"""The share of what is called out that may be called out wrongly."""
HONEST = "mnar0"
FAILING = "mnar40"
"""Hidden nonresponse beyond the band: printed, never promised away."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a kind of figure came to over all cities; widths and errors in points."""

    scenario: str
    n: int
    kind: str
    coverage: float
    error: float
    plain: float
    plain_error: float
    width: float
    rmse: float
    bias: float

    @property
    def holds(self) -> bool:
        """Whether the row keeps what is promised of it."""
        enough = self.scenario == FAILING or self.coverage >= LEAST - 2 * self.error
        sharp = self.kind != GRID or self.n != SIZES[0] or self.scenario != "base" or self.rmse <= RMSE
        asked = self.scenario == HONEST and self.kind in {STREET, GRID}
        slack = 2 * self.plain_error
        fair = not asked or BROAD[0] - slack <= self.plain <= BROAD[1] + slack
        return enough and sharp and fair

    def __str__(self) -> str:
        shares = (self.coverage, self.error, self.plain)
        head = f"{self.scenario:<9}{self.n:>4} {self.kind:<18}"
        rest = f"{self.width:>7.1f}{self.rmse:>6.1f}{self.bias:>6.1f}"
        return head + "{:>8.1f}{:>6.1f}{:>10.1f}".format(*(100 * share for share in shares)) + rest


@dataclass(frozen=True, slots=True)
class Accused:
    """What was called out over all cities: how often in one, and the share of it that was wrong."""

    scenario: str
    n: int
    name: str
    found: float
    wrong: float
    error: float

    @property
    def holds(self) -> bool:
        """Whether no more than the promised share is wrong."""
        return self.scenario == FAILING or self.wrong <= WRONG[self.name] + 2 * self.error

    def __str__(self) -> str:
        return (
            f"{self.scenario:<9}{self.n:>4} {self.name:<18}{self.found:>8.1f} a city, wrong "
            f"{100 * self.wrong:.2f} % ± {100 * self.error:.2f}"
        )


def summed(scenario: str, n: int, kinds: Sequence[Kind]) -> Judged:
    """Return one kind's figures of all cities together; their error is that between cities."""
    cases = sum(kind.cases for kind in kinds)
    return Judged(
        scenario=scenario,
        n=n,
        kind=kinds[0].name,
        coverage=sum(kind.held for kind in kinds) / cases,
        error=_error([kind.held / kind.cases for kind in kinds]),
        plain=sum(kind.held_plain for kind in kinds) / cases,
        plain_error=_error([kind.held_plain / kind.cases for kind in kinds]),
        width=100 * sum(kind.width for kind in kinds) / cases,
        rmse=100 * float(np.sqrt(sum(kind.squared for kind in kinds) / cases)),
        bias=100 * sum(kind.bias for kind in kinds) / cases,
    )


def accused(scenario: str, n: int, findings: Sequence[CalledOut]) -> Accused:
    """Return the mean share of wrong findings over all cities; where nothing is found nothing is wrong."""
    shares = [each.wrong / max(1, each.found) for each in findings]
    return Accused(
        scenario,
        n,
        findings[0].name,
        float(np.mean([each.found for each in findings])),
        float(np.mean(shares)),
        _error(shares),
    )


def _error(shares: Sequence[float]) -> float:
    """The standard error of a mean over cities."""
    return float(np.std(shares, ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else 0.0


def run(scenarios: Sequence[str], replicates: int, *, processes: int) -> Iterator[Judged | Accused]:
    """Yield the rows of each scenario and size."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for scenario in scenarios:
            for n in SIZES:
                cities: list[CityChecked] = list(
                    pool.map(checked, *zip(*((scenario, n, k) for k in range(replicates)), strict=True))
                )
                for kinds in zip(*(city.kinds for city in cities), strict=True):
                    yield summed(scenario, n, kinds)
                for findings in zip(*(city.findings for city in cities), strict=True):
                    yield accused(scenario, n, findings)


def main(words: list[str] | None = None) -> int:
    """Run the check, print it, say whether it held."""
    parser = argparse.ArgumentParser(prog="python -m demo.check", description=__doc__)
    parser.add_argument("--replicates", type=int, default=100, help="invented cities (default: 100)")
    parser.add_argument("--scenario", action="append", choices=sorted(SCENARIOS), default=[])
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args(words)
    head = ("scenario", "n", "kind", "holds %", "± %", "no band %", "width", "RMSE", "bias")
    print("{:<9}{:>4} {:<18}{:>8}{:>6}{:>10}{:>7}{:>6}{:>6}".format(*head))  # noqa: T201
    held = True
    wanted = options.scenario or ["base", HONEST, FAILING]
    for row in run(wanted, options.replicates, processes=options.processes):
        held &= row.holds
        print(f"{row}{'' if row.holds else '  below what is promised'}", flush=True)  # noqa: T201
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
