"""What a design will tell: answers a grid, how many grids today's release would show, the finest level."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.waves.rules.freeze_request import GridSizes
from survey.waves.rules.wave_rules import WaveRules

LEAST = 10
"""Today's release shows a part from so many answers on (suppression says the same; a test compares them)."""

ORDER = ("city", "street", "type", "grid")
"""From the coarsest level to the finest."""

MOST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Expectation:
    """Which share of those called answers, and which share of the numbers is good."""

    response: float = 0.25
    eligible: float = 0.9

    def __post_init__(self) -> None:
        if not (0 < self.response <= 1 and 0 < self.eligible <= 1):
            raise Invalid(_("比例要在 0 和 100% 之间。"))

    @property
    def rate(self) -> float:
        """Completed interviews for each household released."""
        return self.response * self.eligible


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who freezes a design after seeing what it will tell, and `why` where it would show nothing."""

    expected: Expectation
    why: str
    by: str

    def __post_init__(self) -> None:
        if len(self.why) > MOST_WORDS:
            raise Invalid(_("理由太长了，最多 %(most)s 个字。", most=MOST_WORDS))


@dataclass(frozen=True, slots=True)
class LevelOutlook:
    """A level: its parts, expected answers of a part on the mean, and how many parts would be shown."""

    level: str
    parts: int
    answers: int
    shown: int

    @property
    def is_told(self) -> bool:
        """Whether more than half of its parts would be shown."""
        return 2 * self.shown > self.parts


@dataclass(frozen=True, slots=True)
class DesignOutlook:
    """What a design will tell, level by level from the coarsest."""

    levels: tuple[LevelOutlook, ...]

    @property
    def finest(self) -> str:
        """The finest level of which more than half would be shown, "" for none."""
        return next((each.level for each in reversed(self.levels) if each.is_told), "")

    @property
    def shows_nothing(self) -> bool:
        """Whether not even the city would be shown."""
        return not self.finest

    @property
    def grids(self) -> LevelOutlook:
        """The level of grids."""
        return self.levels[-1]


def outlook(
    sizes: GridSizes,
    *,
    held: Mapping[str, int],
    parts: Mapping[str, Mapping[str, str]],
    rules: WaveRules,
    expected: Expectation,
) -> DesignOutlook:
    """Return what is to be expected of grids of these sizes that hold so many households.

    `parts` says of each level to which part a grid belongs. Replicates count as the sealed rule would release
    them. A part is shown with the chance that it has LEAST answers; that a cell is hidden for another's sake
    isn't counted, nor that the listed and the others of a grid are drawn apart.
    """
    out = {grid: _released(*sizes[grid], held=held[grid], rules=rules, rate=expected.rate) for grid in sizes}
    levels = (level for level in ORDER if level in parts or level in {"city", "grid"})
    own = {"city": dict.fromkeys(out, ""), "grid": {grid: grid for grid in out}}
    return DesignOutlook(
        tuple(_level(level, _sums(out, {**parts, **own}[level]), rate=expected.rate) for level in levels)
    )


def _released(sample: int, replicate: int, *, held: int, rules: WaveRules, rate: float) -> int:
    """How many households of a grid go out: the main sample, then replicates while the plan isn't met."""
    missing = max(0.0, rules.plan / rate - sample)
    batches = min(rules.most, math.ceil(missing / replicate)) if replicate else 0
    return min(held, sample + batches * replicate)


def _sums(out: Mapping[str, int], part_of: Mapping[str, str]) -> list[int]:
    sums: dict[str, int] = {}
    for grid, size in out.items():
        if grid in part_of:
            sums[part_of[grid]] = sums.get(part_of[grid], 0) + size
    return list(sums.values())


def _level(level: str, sizes: Iterable[int], *, rate: float) -> LevelOutlook:
    every = list(sizes)
    shown = sum(chance_of_least(size, rate) for size in every)
    return LevelOutlook(level, len(every), round(sum(every) * rate / max(1, len(every))), round(shown))


@lru_cache(maxsize=4096)
def chance_of_least(released: int, rate: float) -> float:
    """Return the chance that of so many households, each answering at `rate`, LEAST or more answer."""
    if released < LEAST or rate >= 1:
        return float(released >= LEAST)
    term = (1 - rate) ** released
    below = term
    for k in range(1, LEAST):
        term *= (released - k + 1) / k * rate / (1 - rate)
        below += term
    return max(0.0, 1 - below)
