"""Strata of one unit under "adjust": their squares are taken from the mean of all units, not from 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, Ints, added
from sampling.designs.structure import Structure


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """Strata (H,) of one stage in groups that share a mean: the sample, or the unit that they lie in.

    `group` (H,) counts from 0, `sampled` (H,) are a stratum's units, `factor` (H,) is k of its squares, 0
    unless it is a lonely one.
    """

    group: Ints
    sampled: Ints
    factor: Floats

    @property
    def size(self) -> int:
        """How many groups there are."""
        return int(self.group.max()) + 1

    def moved(self, sums: Any) -> Moved:
        """Return what is to be added to squares from 0, given the strata's `sums` (H, D), sparse."""
        return Moved(
            mean=self._summed(sums, by=1 / added(self.group, self.sampled, size=self.size)[self.group]),
            first=self._summed(sums, by=self.factor),
            factor=added(self.group, self.factor, size=self.size),
        )

    def _summed(self, sums: Any, *, by: Floats) -> Any:
        from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

        places = (self.group, np.arange(len(self.group)))
        return csr_array((by, places), shape=(self.size, len(self.group))) @ sums


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """What Σ k (u - c)² has more than Σ k u²: c² Σ k - 2 c Σ k u, for groups (G,) and figures (D,).

    `mean` and `first` (G, D), sparse, are c and Σ k u; `factor` (G,) is Σ k. A stratum without a row in a
    domain counts too, as 0, like every unit outside of it.
    """

    mean: Any
    first: Any
    factor: Floats

    def less(self, columns: Moved, *, by: Callable[[Any], Any]) -> Moved:
        """Return what residuals add: these figures less `columns` (G, P), times coefficients by `by`."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

        mean, first = csr_array(by(columns.mean)), csr_array(by(columns.first))
        return Moved(self.mean - mean, self.first - first, self.factor)

    def variances(self) -> Floats:
        """Return what is added to each figure's variance (D,)."""
        out: Floats = self.mean.multiply(self._half() * 2).sum(axis=0)
        return out

    def covariance(self) -> Floats:
        """Return what is added to the figures' covariance (D, D)."""
        half = (self.mean.T @ self._half()).toarray()
        out: Floats = half + half.T
        return out

    def _half(self) -> Any:
        from scipy.sparse import diags_array  # noqa: PLC0415 - numpy alone at import

        return diags_array(self.factor) @ self.mean / 2 - self.first


def apart(structure: Structure, *, over: Structure | None) -> Apart | None:
    """Return how lonely strata of a stage are taken from the mean, None where there are none.

    `over` is the stage above, whose units are the groups: that is where R's recursion takes the mean.
    """
    left = structure.left * structure.share
    factor = np.where(structure.sampled == 1, left, 0.0)
    if not factor.any():
        return None
    group = np.zeros(len(factor), dtype=np.int64)
    if over is not None and over.psu is not None:
        group[structure.strata.codes] = over.psu.codes
    return Apart(group, structure.sampled, factor)
