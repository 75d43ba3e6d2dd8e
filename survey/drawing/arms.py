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
        self, plan: Mapping[str, tuple[int, int]], *, held: Mapping[str, int]
    ) -> dict[str, tuple[int, int]]:
        """Return the sample and replicate size of each stratum from its grid's; `held` are their households.

        Both arms of a grid are drawn alike, as many as the grid alone would be: two at least, never more
        than there are.
        """
        found: dict[str, tuple[int, int]] = {}
        for grid, (n, replicate) in plan.items():
            for stratum in self.strata(grid):
                size = min(max(n, FLOOR), held[stratum]) if grid in self.split else n
                found[stratum] = (size, replicate)
        return found


def arms(grid_of: Mapping[str, str], *, listed: Iterable[str]) -> Arms:
    """Return the arms of a frame of households with their grids.

    A grid is drawn in two where at least ten of its households stand on a list and ten don't, and where the
    names of its arms are free.
    """
    inside = frozenset(listed) & grid_of.keys()
    held, on_list = Counter(grid_of.values()), Counter(grid_of[home] for home in inside)
    split = frozenset(
        grid
        for grid, n in on_list.items()
        if n >= LEAST and held[grid] - n >= LEAST and _is_free(grid, taken=held)
    )
    return Arms(split, inside)


def _is_free(grid: str, *, taken: Mapping[str, int]) -> bool:
    names = (grid + LISTED, grid + OTHERS)
    return all(STRATUM.fits(name) and name not in taken for name in names)
