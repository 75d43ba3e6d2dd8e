"""What scores are computed from, as columns: strata of the frame, and the completes with their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SATISFIED, NOT, UNRATED, OFF_PATH, LEFT_OUT = 1, 0, -1, -2, -3
"""An answer to an item: among the best, not among them, none given, never asked, in no denominator.

Whoever gave none or was never asked isn't satisfied, for `all`; the item's population was asked.
"""
UNKNOWN = -1
"""A category that a household didn't tell."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Strata (H,) of the frame, and the grids (G,) that they are of.

    `households` and `grid` (H,) are a stratum's size and the place of its grid; `community`, `street` and
    `type` (G,) are codes from 0. `chains` are the grids of one street and type, in the order in which they
    are joined.
    """

    households: Ints
    grid: Ints
    community: Ints
    street: Ints
    type: Ints
    chains: Sequence[Ints]

    @property
    def size(self) -> Ints:
        """Households of each grid (G,)."""
        return np.bincount(self.grid, self.households, len(self.type)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Completes:
    """Households (n,) that completed: their stratum, their answers by item, their categories by margin.

    An item's answers are SATISFIED, NOT, UNRATED, OFF_PATH or LEFT_OUT; categories are codes from 0, or
    UNKNOWN.
    """

    stratum: Ints
    items: Mapping[str, Ints]
    categories: Mapping[str, Ints]


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """Households of the city by the categories of one margin (K,), in the order in which they are merged."""

    name: str
    households: Ints
