"""What a wave can tell before money is spent: how finely, how surely, at what cost, in how many weeks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from huying.base.errors import Invalid
from huying.base.i18n import Lazy, _, lazy
from sampling import sizes
from sampling.areas.grid_scores import BETWEEN, gamma, n_needed
from sampling.draws.sizes import Size
from sampling.errors import TooFew

LEVELS: Mapping[str, Lazy] = {
    "city": lazy("全市"),
    "street": lazy("街道"),
    "type": lazy("网格类型"),
    "worker": lazy("网格员"),
    "grid": lazy("网格"),
}
"""Levels that a score may be asked for; the more parts one has, the finer it is."""

SAMPLES = (3, 5, 10, 20, 50)
MOST_SAMPLE = 10**6
LATE_SHARE = 0.2
"""Of a grid's main sample: so large a late replicate is proposed."""
POWER = 0.8
Z, Z_POWER = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(POWER)


@dataclass(frozen=True, slots=True)
class Fit:
    """The variance `between` the true shares of grids of a type, and the wave that told it; "" for none."""

    between: float
    wave: str


def last_fit(details: Iterable[tuple[str, str | None]]) -> Fit:
    """Return what the first of some waves' unrounded figures (JSON) with a model found of the overall item.

    What is assumed before any wave was fitted, where none of them has a model.
    """
    for wave, detail in details:
        for row in json.loads(detail or "{}").get("rows", ()):
            if row["item"] == "overall" and row["den"] == "rated" and row.get("between"):
                return Fit(row["between"], wave)
    return Fit(BETWEEN, "")


@dataclass(frozen=True, slots=True)
class Means:
    """What is expected and what there is to spend.

    `share` satisfied; `half_width` of an interval that is wanted; `response` of those called, `eligible` of
    the numbers; `between` the variance of grids' true shares within a type, as the last wave's scores found
    it; `deff` of unequal weights. Each household takes `dials` on the mean; a seat makes `pace` dials an
    hour, `hours` a week, for so many `weeks`; a dial costs `price`.
    """

    share: float = 0.7
    half_width: float = 0.1
    response: float = 0.25
    eligible: float = 0.9
    between: float = BETWEEN
    deff: float = 1.15
    dials: float = 3.0
    seats: int = 10
    pace: float = 15.0
    hours: float = 20.0
    weeks: float = 4.0
    price: float = 1.0

    def __post_init__(self) -> None:
        shares = (self.share, self.half_width, self.response, self.eligible)
        if not all(0 < each <= 1 for each in shares) or self.share == 1:
            raise Invalid(_("比例要在 0 和 100% 之间。"))
        amounts = (self.between, self.deff, self.dials, self.seats, self.pace, self.hours, self.weeks)
        if not all(each > 0 and math.isfinite(each) for each in amounts) or self.price < 0:
            raise Invalid(_("数目都要大于零。"))

    @property
    def dials_a_week(self) -> float:
        """How many dials the seats make."""
        return self.seats * self.pace * self.hours

    @property
    def completes(self) -> float:
        """How many completed interviews the seats bring in all weeks."""
        return self.dials_a_week * self.weeks / self.dials * self.response * self.eligible


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A level: its parts, what the wanted half-width needs (`size` None: more than there are), what comes."""

    level: str
    parts: int
    size: Size | None
    calls: float
    weeks: float
    cost: float
    half_width: float
    least: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Small:
    """What a grid of `n` answers tells: half-width, the least difference that is found, and reliability γ."""

    n: int
    half_width: float
    least: float
    gamma: float


@dataclass(frozen=True, slots=True)
class WavePlan:
    """The finest level that seats and weeks support ("" for none), each level, what small samples tell."""

    finest: str
    lines: Sequence[PlanLine]
    small: Sequence[Small]
    reliable: int


def plan(households: int, parts: Mapping[str, int], *, means: Means) -> WavePlan:
    """Return what the means allow among `households`, with so many `parts` of each level (0: not known)."""
    if households < 1:
        raise Invalid(_("名册里没有住户，没有什么可计划的。"))
    known = sorted((level for level in LEVELS if parts.get(level)), key=lambda level: parts[level])
    lines = [_line(level, parts[level], households=households / parts[level], means=means) for level in known]
    finest = next((line.level for line in reversed(lines) if line.enough), "")
    return WavePlan(
        finest,
        lines,
        [_small(n, means) for n in SAMPLES],
        n_needed(means.between, means.share, deff=means.deff),
    )


def _line(level: str, parts: int, *, households: float, means: Means) -> PlanLine:
    try:
        size = sizes.proportion(
            means.half_width,
            p=means.share,
            N=households,
            deff=means.deff,
            response=means.response,
            eligible=means.eligible,
        )
    except TooFew:
        size = None
    # Beyond what there is, everybody would be called and the interval would still be wider.
    calls = parts * (size.issued if size else households) * means.dials
    comes = min(means.completes / parts, households * means.response * means.eligible)
    return PlanLine(
        level=level,
        parts=parts,
        size=size,
        calls=calls,
        weeks=calls / means.dials_a_week,
        cost=calls * means.price,
        half_width=_half_width(comes, means, households=households),
        least=_least(comes, means),
        enough=size is not None and calls <= means.dials_a_week * means.weeks,
    )


def _half_width(n: float, means: Means, *, households: float = math.inf) -> float:
    """The half-width that n answers give, at most 1."""
    left = max(0.0, 1 - n / households)
    return min(1.0, Z * math.sqrt(means.share * (1 - means.share) * means.deff / n * left))


def _least(n: float, means: Means) -> float:
    """The least difference of two parts of n answers each that is found in four of five cases, at most 1."""
    return min(1.0, (Z + Z_POWER) * math.sqrt(2 * means.share * (1 - means.share) * means.deff / n))


def _small(n: int, means: Means) -> Small:
    reliability = gamma(means.between, means.share, n, deff=means.deff)
    return Small(n, _half_width(n, means), _least(n, means), reliability)


def figures(means: Means, *, grids: int) -> Mapping[str, int]:
    """Return what the plan puts into the form of a freeze: sizes of a grid, shares in per cent, weeks.

    As many households a grid as seats and weeks allow, at least one.
    """
    households = means.dials_a_week * means.weeks / means.dials
    sample = max(1, min(MOST_SAMPLE, int(households / max(1, grids))))
    return {
        "sample": sample,
        "plan": max(1, round(sample * means.response * means.eligible)),
        "late": max(1, round(sample * LATE_SHARE)),
        "response": max(1, round(means.response * 100)),
        "eligible": max(1, round(means.eligible * 100)),
        "weeks": max(1, math.ceil(means.weeks)),
    }
