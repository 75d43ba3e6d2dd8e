"""The steps that made a design's weights, each with its source and what it did to them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import Floats
from sampling.designs.projection import Projection, factors


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One change of weights: its `id` within the design, method and version, and the source of its totals.

    `low` and `high` are the least and the largest factor by which a weight was multiplied. `projection` is
    what variances need to know of a calibration; other steps have none.
    """

    id: str
    method: str
    source: str
    low: float
    high: float
    inputs: tuple[NDArray[Any], ...]
    projection: Projection | None = None

    @property
    def digest(self) -> str:
        """Hex SHA-256 of what the step was given: weights, labels or columns, totals, in this order."""
        sha = hashlib.sha256()
        for array in self.inputs:
            sha.update(f"{array.dtype.str}{array.shape}".encode())
            sha.update(np.ascontiguousarray(array).tobytes())
        return sha.hexdigest()


def step(
    before: Sequence[Step],
    *,
    method: str,
    old: Floats,
    new: Floats,
    inputs: tuple[NDArray[Any], ...],
    source: str = "",
    projection: Projection | None = None,
) -> Step:
    """Return the record of the step after `before` that took weights `old` (n,) to `new` (n,)."""
    by = factors(new, old)[old != 0]
    return Step(
        id=f"{len(before) + 1}-{method.partition('/')[0]}",
        method=method,
        source=source,
        low=float(by.min()),
        high=float(by.max()),
        inputs=(old, *inputs),
        projection=projection,
    )
