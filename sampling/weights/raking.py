"""Iterative proportional fitting on the cells of crossed margins, and its regression by block sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sampling.designs.arrays import Floats, Ints, added
from sampling.designs.labels import Labels, Pairs, crossed
from sampling.errors import NotConverged

SWEEPS_OF_SCORES = 10
"""How often R's rake goes over the margins to regress scores on them."""

FINER = 1e-4
"""Sweeps go on to this share of the tolerance where they can: weights need more digits than totals."""


BEYOND = 1e150
"""Factors that grow past this go on for ever: no weights meet the totals."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Rows (n,) in the cells of crossed margins, and each cell's level in every margin (K, cells)."""

    codes: Ints
    levels: tuple[Ints, ...]
    sizes: tuple[int, ...]

    def sums(self, place: int, values: Floats) -> Floats:
        """Return the sums of `values` (cells,) by the levels of one margin."""
        return added(self.levels[place], values, size=self.sizes[place])


def cells_of(margins: tuple[Labels, ...]) -> Cells:
    """Return the crossing of the margins; memory is that of the rows."""
    sizes = tuple(len(margin.levels) for margin in margins)
    codes, levels = margins[0].codes, [np.arange(sizes[0])]
    for margin, size in zip(margins[1:], sizes[1:], strict=True):
        pairs = _paired(codes, margin.codes, sizes=(len(levels[0]), size))
        codes, levels = pairs.codes, [*(level[pairs.first] for level in levels), pairs.second]
    return Cells(codes, tuple(levels), sizes)


def _paired(first: Ints, second: Ints, *, sizes: tuple[int, int]) -> Pairs:
    """All pairs of levels where they are fewer than the rows, else those that occur."""
    every = sizes[0] * sizes[1]
    if every > len(first):
        return crossed(first, second, sizes=sizes)
    place = np.arange(every)
    return Pairs(first * sizes[1] + second, place // sizes[1], place % sizes[1])


def fitted(
    cells: Cells, start: Floats, totals: tuple[Floats, ...], *, tolerance: float, sweeps: int
) -> Floats:
    """Return by what to multiply the weights `start` (cells,) so that every margin has its `totals`.

    Totals that contradict each other on the cells that there are drive factors apart without end. Raises
    NotConverged where the largest misfit/(1 + total) stays above `tolerance`.
    """
    by, misfit, met = np.ones(len(start)), _misfit(cells, start, totals), "or raise 'sweeps'"
    for _ in range(sweeps):
        if misfit <= FINER * tolerance:
            break
        moved = _swept(cells, start, totals, by=by)
        if not moved.max() < BEYOND:
            met = "for no weights meet these totals"
            break
        then = _misfit(cells, start * moved, totals)
        if then >= misfit and misfit <= tolerance:
            break
        by, misfit = moved, then
    if not misfit <= tolerance:
        text = f"rake refused: after {sweeps} sweeps a margin misses its total by {misfit:.3g} of it."
        raise NotConverged(f"{text} Merge levels that are too rare, {met}.", items=[misfit])
    return by


def _swept(cells: Cells, start: Floats, totals: tuple[Floats, ...], *, by: Floats) -> Floats:
    for place, wanted in enumerate(totals):
        held = cells.sums(place, start * by)
        ratio = np.divide(wanted, held, out=np.ones_like(held), where=held > 0)
        by = by * ratio[cells.levels[place]]
    return by


def _misfit(cells: Cells, weights: Floats, totals: tuple[Floats, ...]) -> float:
    apart = [
        np.abs(cells.sums(place, weights) - wanted) / (1 + wanted) for place, wanted in enumerate(totals)
    ]
    return float(np.max(np.concatenate(apart)))


def cross_products(cells: Cells, weights: Floats) -> Floats:
    """Return Σ w x x' of the margins' dummies (P, P) from the weights of cells."""
    starts = np.cumsum([0, *cells.sizes])
    out = np.zeros((starts[-1], starts[-1]))
    for one, start in zip(cells.levels, starts, strict=False):
        for other, beside in zip(cells.levels, starts, strict=False):
            np.add.at(out, (one + start, other + beside), weights)
    return out


def pseudo_inverse(products: Floats) -> Floats:
    """Return the generalised inverse (P, P): the margins' dummies depend on each other."""
    out: Floats = np.linalg.pinv(products, hermitian=True).astype(np.float64)
    return out


def sweeping(products: Floats, sizes: tuple[int, ...]) -> Floats:
    """Return G (P, P): ten block Gauss-Seidel sweeps from 0, margin after margin, on products·B = s.

    This is what R's rake takes off the scores (survey 4.1, svyrecvar), unweighted: an approximation of the
    regression that stops where R stops.
    """
    solver = np.zeros_like(products)
    blocks = [slice(a, b) for a, b in pairwise(np.cumsum([0, *sizes]).tolist())]
    held = np.maximum(np.diag(products), 1.0)
    unit = np.eye(len(products))
    for _ in range(SWEEPS_OF_SCORES):
        for block in blocks:
            left = unit[block] - products[block] @ solver
            solver[block] += left / held[block, None]
    return solver
