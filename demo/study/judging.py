"""Published figures of many invented cities, judged by what is promised of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from demo.study.kinds import FLAGS, NAMED, CalledOut, CityChecked, Kind
from survey.scores.rules.pipeline import GRID, STREET

SIZES = (10, 50)
LEAST = 0.93
"""Of the intervals of any kind so many hold the truth at least, less two Monte-Carlo errors."""
BROAD = (0.93, 0.97)
"""Without hidden nonresponse the interval without the band holds the truth so often."""
RMSE = 8.2
"""Points, of grids with ten answers, with margins."""
WRONG = {FLAGS: 0.01, NAMED: 0.05}
"""The share of what is called out that may be called out wrongly."""
BASE, HONEST = "base", "mnar0"
FAILING = "mnar40"
"""Hidden nonresponse beyond the band: printed, never promised away."""
HELD, NOT_HELD, BY_DESIGN = "held", "not held", "fails by design"

Cities = Mapping[tuple[str, int], Sequence[CityChecked]]
"""What was checked, by scenario and answers a grid."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a kind of figure came to over all cities; widths and errors in points.

    `error` and `plain_error` are the Monte-Carlo errors of the coverage with the band and without it.
    """

    scenario: str
    n: int
    kind: str
    coverage: float
    error: float
    plain: float
    plain_error: float
    width: float
    width_plain: float
    rmse: float
    bias: float

    @property
    def holds(self) -> bool:
        """Whether the row keeps what is promised of it."""
        return self.verdict != NOT_HELD

    @property
    def verdict(self) -> str:
        """Whether the row keeps what is promised, or fails as hidden nonresponse beyond the band must."""
        if self.coverage < LEAST - 2 * self.error:
            return BY_DESIGN if self.scenario == FAILING else NOT_HELD
        sharp = (self.scenario, self.n, self.kind) != (BASE, SIZES[0], GRID) or self.rmse <= RMSE
        asked = self.scenario == HONEST and self.kind in {STREET, GRID}
        fair = not asked or BROAD[0] <= self.plain <= BROAD[1]
        return HELD if sharp and fair else NOT_HELD


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
        return self.verdict != NOT_HELD

    @property
    def verdict(self) -> str:
        """Whether no more than the promised share is wrong."""
        if self.wrong <= WRONG[self.name]:
            return HELD
        return BY_DESIGN if self.scenario == FAILING else NOT_HELD


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All rows of a check, and how many cities each is of."""

    cities: int
    figures: tuple[Judged, ...]
    findings: tuple[Accused, ...]

    @property
    def hold(self) -> bool:
        """Whether every row keeps what is promised."""
        return all(row.holds for row in self.figures) and all(row.holds for row in self.findings)


def judge(cities: Cities) -> Verdicts:
    """Return the rows of each scenario and number of answers a grid."""
    figures, findings = list[Judged](), list[Accused]()
    for (scenario, n), found in cities.items():
        figures += [summed(scenario, n, kinds) for kinds in zip(*(one.kinds for one in found), strict=True)]
        called = zip(*(one.findings for one in found), strict=True)
        findings += [accused(scenario, n, each) for each in called]
    return Verdicts(min(map(len, cities.values()), default=0), tuple(figures), tuple(findings))


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
        width_plain=100 * sum(kind.width_plain for kind in kinds) / cases,
        rmse=100 * float(np.sqrt(sum(kind.squared for kind in kinds) / cases)),
        bias=100 * sum(kind.bias for kind in kinds) / cases,
    )


def accused(scenario: str, n: int, findings: Sequence[CalledOut]) -> Accused:
    """Return the mean share of wrong findings over all cities; where nothing is found nothing is wrong."""
    shares = [each.wrong / max(1, each.found) for each in findings]
    found = float(np.mean([each.found for each in findings]))
    return Accused(scenario, n, findings[0].name, found, float(np.mean(shares)), _error(shares))


def _error(shares: Sequence[float]) -> float:
    """The standard error of a mean over cities."""
    return float(np.std(shares, ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else 0.0
