"""Which rows form which domains, and how primary units and strata lie in them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

import numpy as np

from sampling.designs.arrays import A, Bools, Floats, Ints, added
from sampling.designs.labels import Labels, Pairs, coded, crossed, runs_of
from sampling.designs.projection import Projection
from sampling.designs.structure import Structure
from sampling.errors import EmptyDomain, named


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
    def projections(self) -> tuple[Projection, ...]:
        """What the calibrations of the weights explain, the first one first."""
        ...

    @property
    def n(self) -> int:
        """How many rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Rows with weight (m,) in domains (D,), units (a primary unit in a domain) and cells (domain, stratum).

    `rows` is None where all rows of the sample take part, `unit` is None where every row is a primary unit.
    `rows_in_cell` and `units` count both in each cell. `runs` is where each cell begins, if its units lie
    together; else None. `further` is how the same rows lie in the units of the next stage. `projections` are
    those of the design; where there are any, `whole` is the layout of all rows with weight as one domain.
    """

    structure: Structure
    rows: Ints | None
    domain: Ints
    levels: tuple[Hashable, ...]
    unit: Ints | None
    unit_psu: Ints | None
    cell: Ints
    cell_domain: Ints
    cell_stratum: Ints
    rows_in_cell: Ints
    units: Ints
    runs: Ints | None
    further: Layout | None = None
    projections: tuple[Projection, ...] = ()
    whole: Layout | None = None

    @property
    def size(self) -> int:
        """How many domains there are."""
        return len(self.levels)

    @property
    def psu_of_unit(self) -> Ints:
        """The primary unit that each unit is of, in the structure's codes or by its row."""
        if self.unit_psu is not None:
            return self.unit_psu
        return np.arange(len(self.domain)) if self.rows is None else self.rows

    @property
    def n(self) -> Ints:
        """Rows with weight in each domain (D,)."""
        return added(self.cell_domain, self.rows_in_cell, size=self.size).astype(np.int64)

    @property
    def strata(self) -> Ints:
        """Strata with weight in each domain (D,)."""
        return np.bincount(self.cell_domain, minlength=self.size)

    @property
    def df(self) -> Ints:
        """Primary units with weight in each domain, less the strata they lie in (D,)."""
        return added(self.cell_domain, self.units, size=self.size).astype(np.int64) - self.strata

    def take(self, values: A) -> A:
        """Return the rows of `values` (n,) that take part (m,)."""
        return values if self.rows is None else cast("A", values[self.rows])

    def sums(self, values: Floats) -> Floats:
        """Return the sums of `values` (m,) by domain (D,)."""
        return added(self.cell_domain, self.cell_sums(self.unit_sums(values)), size=self.size)

    def unit_sums(self, values: Floats) -> Floats:
        """Return the sums of `values` (m,) by unit."""
        return values if self.unit is None else added(self.unit, values, size=len(self.cell))

    def cell_sums(self, values: Floats) -> Floats:
        """Return the sums by cell (cells,) of `values`, one a unit."""
        if self.runs is not None:
            return np.add.reduceat(values, self.runs)
        return added(self.cell, values, size=len(self.units))

    def over_units(self, values: Floats) -> Floats:
        """Return for each unit the one of `values` (cells,) that is its cell's."""
        return values[self.cell] if self.runs is None else np.repeat(values, self.units)

    def over_rows(self, values: Floats) -> Floats:
        """Return for each row (m,) the one of `values` (D,) that is its domain's."""
        return values[self.domain] if self.unit is not None else self.over_units(values[self.cell_domain])


def layout(design: Rows, *, by: Any = None, complete: Bools | None = None) -> Layout:
    """Return how the rows of `design` that are `complete` (n,) lie in the domains `by` (n,), or in one.

    Raises EmptyDomain for a label that has rows in the design's subset, but no weight among the complete.
    """
    present = design.weights != 0
    rows = _rows(present, design.inside, complete)
    labels = _one(design.n) if by is None else coded(by, n=design.n, name="by", keep=False)
    domain, levels = _domains(labels, rows=rows, inside=design.inside)
    laid = _laid(design.structure, rows=rows, domain=domain, levels=levels)
    if not design.projections:
        return laid
    every, one = _rows(present), _one(int(np.count_nonzero(present)))
    whole = _laid(design.structure, rows=every, domain=one.codes, levels=one.levels)
    return replace(laid, projections=design.projections, whole=whole)


def _laid(structure: Structure, *, rows: Ints | None, domain: Ints, levels: tuple[Hashable, ...]) -> Layout:
    stratum = structure.strata.codes if rows is None else structure.strata.codes[rows]
    unit, psu, whose = None, None, domain
    if structure.psu is not None:
        codes = structure.psu.codes if rows is None else structure.psu.codes[rows]
        pairs = crossed(domain, codes, sizes=(len(levels), structure.psus), ordered=False)
        unit, psu, whose = pairs.codes, pairs.second, pairs.first
        stratum = structure.stratum_of_psu[psu]
    known = structure.runs if unit is None and rows is None else None
    cells = _cells(whose, stratum, sizes=(len(levels), len(structure.sampled)), runs=known)
    runs = known if cells.codes is stratum else runs_of(cells.codes)
    units = np.bincount(cells.codes) if runs is None else np.diff(runs, append=len(cells.codes))
    held = units if unit is None else added(cells.codes, np.bincount(unit), size=len(units)).astype(np.int64)
    inner = structure.further
    return Layout(
        structure=structure,
        rows=rows,
        domain=domain,
        levels=levels,
        unit=unit,
        unit_psu=psu,
        cell=cells.codes,
        cell_domain=cells.first,
        cell_stratum=cells.second,
        rows_in_cell=held,
        units=units,
        runs=runs,
        further=None if inner is None else _laid(inner, rows=rows, domain=domain, levels=levels),
    )


def _cells(domain: Ints, stratum: Ints, *, sizes: tuple[int, int], runs: Ints | None) -> Pairs:
    """The pairs of domain and stratum that occur; at once where each stratum lies together in one domain."""
    if runs is not None:
        changes = domain[1:] != domain[:-1]
        changes[runs[1:] - 1] = False
        if not changes.any():
            return Pairs(stratum, domain[runs], np.arange(len(runs)))
    return crossed(domain, stratum, sizes=sizes, ordered=False)


def _rows(*masks: Bools | None) -> Ints | None:
    given = [mask for mask in masks if mask is not None and not mask.all()]
    return np.flatnonzero(np.logical_and.reduce(given)) if given else None


def _one(n: int) -> Labels:
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
