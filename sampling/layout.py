"""Which rows form which domains, and how primary units and strata lie in them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

from sampling.arrays import A, Bools, Floats, Ints, added
from sampling.errors import EmptyDomain, named
from sampling.labels import Labels, coded, crossed

if TYPE_CHECKING:
    from sampling.structure import Structure


class Rows(Protocol):
    """What is asked of a design: its weights, which rows are inside its subset, how its units lie."""

    @property
    def weights(self) -> Floats:
        """Weights (n,)."""
        ...

    @property
    def inside(self) -> Bools | None:
        """Rows of the subset (n,), None for all."""
        ...

    @property
    def structure(self) -> Structure:
        """Strata and primary units."""
        ...

    @property
    def n(self) -> int:
        """How many rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Rows with weight (m,) in domains (D,), units (a primary unit in a domain) and cells (domain, stratum).

    `rows` is None where all rows of the sample take part, `unit` is None where every row is a primary unit.
    """

    structure: Structure
    rows: Ints | None
    domain: Ints
    levels: tuple[Hashable, ...]
    unit: Ints | None
    unit_psu: Ints
    cell: Ints
    cell_domain: Ints
    cell_stratum: Ints

    @property
    def size(self) -> int:
        """How many domains there are."""
        return len(self.levels)

    @property
    def n(self) -> Ints:
        """Rows with weight in each domain (D,)."""
        return np.bincount(self.domain, minlength=self.size)

    @property
    def psus(self) -> int:
        """How many primary units the sample has."""
        return len(self.domain) if self.structure.psu is None else len(self.structure.psu.levels)

    @property
    def units(self) -> Ints:
        """Primary units with weight in each cell (cells,)."""
        return np.bincount(self.cell, minlength=len(self.cell_domain))

    @property
    def strata(self) -> Ints:
        """Strata with weight in each domain (D,)."""
        return np.bincount(self.cell_domain, minlength=self.size)

    @property
    def df(self) -> Ints:
        """Primary units with weight in each domain, less the strata they lie in (D,)."""
        return np.bincount(self.cell_domain[self.cell], minlength=self.size) - self.strata

    def take(self, values: A) -> A:
        """Return the rows of `values` (n,) that take part (m,)."""
        return values if self.rows is None else cast("A", values[self.rows])

    def sums(self, values: Floats) -> Floats:
        """Return the sums of `values` (m,) by domain (D,)."""
        return added(self.domain, values, size=self.size)

    def unit_sums(self, values: Floats) -> Floats:
        """Return the sums of `values` (m,) by unit."""
        return values if self.unit is None else added(self.unit, values, size=len(self.cell))


def layout(design: Rows, *, by: Any = None, complete: Bools | None = None) -> Layout:
    """Return how the rows of `design` that are `complete` (n,) lie in the domains `by` (n,), or in one.

    Raises EmptyDomain for a label that has rows in the design's subset, but no weight among the complete.
    """
    rows = _rows(design.weights > 0, design.inside, complete)
    labels = _whole(design.n) if by is None else coded(by, n=design.n, name="by")
    domain, levels = _domains(labels, rows=rows, inside=design.inside)
    stratum = design.structure.strata.codes
    here = stratum if rows is None else stratum[rows]
    return _laid(design.structure, rows=rows, domain=domain, levels=levels, stratum=here)


def _laid(
    structure: Structure, *, rows: Ints | None, domain: Ints, levels: tuple[Hashable, ...], stratum: Ints
) -> Layout:
    unit, psu = None, np.arange(len(domain))
    whose = domain
    if structure.psu is not None:
        codes = structure.psu.codes if rows is None else structure.psu.codes[rows]
        pairs = crossed(domain, codes, sizes=(len(levels), len(structure.psu.levels)))
        unit, psu, whose = pairs.codes, pairs.second, pairs.first
        of_psu = np.zeros(len(structure.psu.levels), dtype=np.int64)
        of_psu[codes] = stratum
        stratum = of_psu[psu]
    cells = crossed(whose, stratum, sizes=(len(levels), len(structure.sampled)))
    return Layout(structure, rows, domain, levels, unit, psu, cells.codes, cells.first, cells.second)


def _rows(*masks: Bools | None) -> Ints | None:
    given = [mask for mask in masks if mask is not None and not mask.all()]
    return np.flatnonzero(np.logical_and.reduce(given)) if given else None


def _whole(n: int) -> Labels:
    return Labels(np.zeros(n, dtype=np.int64), ("",))


def _domains(labels: Labels, *, rows: Ints | None, inside: Bools | None) -> tuple[Ints, tuple[Hashable, ...]]:
    """Codes of the rows that take part, among the labels that have rows inside."""
    if rows is None:
        return labels.codes, labels.levels
    codes = labels.codes[rows]
    asked = labels.codes if inside is None else labels.codes[inside]
    there = np.bincount(asked, minlength=len(labels.levels)) > 0
    held = np.bincount(codes, minlength=len(labels.levels)) > 0
    empty = [labels.levels[d] for d in np.flatnonzero(there & ~held)]
    if empty or not held.any():
        raise EmptyDomain(
            f"No row with weight is in the domain {named(empty or ['the subset'])}.", items=empty
        )
    levels = tuple(labels.levels[d] for d in np.flatnonzero(held))
    return (np.cumsum(held) - 1)[codes], levels
