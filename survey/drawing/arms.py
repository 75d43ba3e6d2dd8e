"""A grid drawn in two arms: households on a list that was handed in before the freeze, and the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey.drawing.fields import STRATUM

LISTED, OTHERS = ".L", ".U"
LEAST = 10
"""Fewer of either arm would never have a figure that may be shown, and its counts would tell of few."""

FLOOR = 2
"""The fewest of an arm that still show how much its households differ."""


MILLE = 1000


@dataclass(frozen=True, slots=True)
class Cap:
    """The largest share (per mille) of a listed arm that may be called, with replicates and late ones."""

    share: int = MILLE
    most: int = 0
    late: int = 0

    def cut(self, n: int, replicate: int, *, held: int) -> tuple[int, int]:
        """Return sample and replicate of an arm of so many households, cut down to the share."""
        budget = self.share * held // MILLE
        sample = max(min(n, budget - self.late), 1)
        left = max(budget - self.late - sample, 0)
        return sample, min(replicate, left // self.most) if self.most else replicate


UNCUT = Cap()


@dataclass(frozen=True, slots=True)
class Arms:
    """The grids that are drawn in two, and the households that stand on a list."""

    split: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()

    def stratum(self, household: str, *, grid: str) -> str:
        """Return the stratum of a household: its grid, or the arm of it."""
        if grid not in self.split:
            return grid
        return grid + (LISTED if household in self.listed else OTHERS)

    def strata(self, grid: str) -> tuple[str, ...]:
        """Return the strata of a grid: one under its own code, or two."""
        return (grid + LISTED, grid + OTHERS) if grid in self.split else (grid,)

    def sizes(
        self, plan: Mapping[str, tuple[int, int]], *, held: Mapping[str, int], rules: Cap = UNCUT
    ) -> dict[str, tuple[int, int]]:
        """Return the sample and replicate size of each stratum from its grid's; `held` are their households.

        Both arms of a grid are drawn alike, as many as the grid alone would be: two at least, never more
        than there are, and of the listed never more than the cap.
        """
        found: dict[str, tuple[int, int]] = {}
        for grid, (n, replicate) in plan.items():
            for stratum in self.strata(grid):
                size = min(max(n, FLOOR), held[stratum]) if grid in self.split else n
                found[stratum] = (size, replicate)
            if grid in self.split:
                listed = grid + LISTED
                found[listed] = rules.cut(*found[listed], held=held[listed])
        return found


def arms(grid_of: Mapping[str, str], *, listed: Iterable[str], cap: int = MILLE) -> Arms:
    """Return the arms of a frame of households with their grids.

    A grid is drawn in two where at least ten of its households stand on a list and ten don't, where at least
    ten of the listed may be called under the `cap` (per mille), and where the names of its arms are free.
    """
    inside = frozenset(listed) & grid_of.keys()
    held, on_list = Counter(grid_of.values()), Counter(grid_of[home] for home in inside)
    split = frozenset(
        grid
        for grid, n in on_list.items()
        if n * cap // MILLE >= LEAST and held[grid] - n >= LEAST and _is_free(grid, taken=held)
    )
    return Arms(split, inside)


def _is_free(grid: str, *, taken: Mapping[str, int]) -> bool:
    names = (grid + LISTED, grid + OTHERS)
    return all(STRATUM.fits(name) and name not in taken for name in names)
