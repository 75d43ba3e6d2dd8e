"""Iterative proportional fitting on the cells of crossed margins, and its regression by block sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sampling.designs.arrays import Floats, Ints, added
from sampling.designs.labels import Labels, Pairs, crossed
from sampling.designs.projection import NearDiagonal
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


def sweeping(cells: Cells, weights: Floats) -> NearDiagonal:
    """Return G (P, P): ten block Gauss-Seidel sweeps from 0, margin after margin, on Σ w x x'·B = s.

    This is what R's rake takes off the scores (survey 4.1, svyrecvar), unweighted: an approximation of the
    regression that stops where R stops. Levels of one margin don't meet, so the largest margin's share of G
    follows from the others', and the matrix of all levels is never written out.
    """
    large = int(np.argmax(cells.sizes))
    others = _Others.of(cells, weights, large)
    known = np.zeros((others.size, others.size + cells.sizes[large]))
    before = known.copy()
    for _ in range(SWEEPS_OF_SCORES):
        for margin in range(len(cells.sizes)):
            if margin == large:
                before = known.copy()
            else:
                others.sweep(known, before, margin)
    return others.solver(known, before)


@dataclass(frozen=True, slots=True, eq=False)
class _Others:
    """All margins but the largest (L levels), as p columns: the products Σ w x x' of these and with it.

    Rows of coefficients have the p columns of the other margins first, then the L of the largest.
    """

    blocks: tuple[slice, ...]
    """Of every margin, the rows it has; the largest has none."""
    among: Floats
    beside: Floats
    held: Floats
    place: int
    at: int

    @staticmethod
    def of(cells: Cells, weights: Floats, large: int) -> _Others:
        """Return the products of the margins beside the one at place `large`."""
        sizes = [0 if margin == large else size for margin, size in enumerate(cells.sizes)]
        starts = np.cumsum([0, *sizes]).tolist()
        rest = [margin for margin in range(len(sizes)) if margin != large]
        among = np.zeros((starts[-1], starts[-1]))
        beside = np.zeros((cells.sizes[large], starts[-1]))
        for one in rest:
            np.add.at(beside, (cells.levels[large], cells.levels[one] + starts[one]), weights)
            for other in rest:
                place = (cells.levels[one] + starts[one], cells.levels[other] + starts[other])
                np.add.at(among, place, weights)
        held = np.maximum(cells.sums(large, weights), 1.0)
        blocks = tuple(slice(a, b) for a, b in pairwise(starts))
        return _Others(blocks, among, beside, held, place=starts[large], at=large)

    @property
    def size(self) -> int:
        """How many levels the other margins have together."""
        return len(self.among)

    def sweep(self, known: Floats, before: Floats, margin: int) -> None:
        """Renew the rows of one margin; `before` are the rows that the largest margin last went by."""
        block = self.blocks[margin]
        scaled = (self.beside[:, block] / self.held[:, None]).T
        left = -(self.among[block] @ known) + (scaled @ self.beside) @ before
        left[:, block] += np.eye(block.stop - block.start)
        # Before its first turn the largest margin has no coefficients yet.
        left[:, self.size :] -= scaled if before.any() or margin > self.at else 0.0
        known[block] += left / np.maximum(np.diag(self.among)[block], 1.0)[:, None]

    def solver(self, known: Floats, before: Floats) -> NearDiagonal:
        """Return G with the margins in their order."""
        left = np.zeros((self.size + len(self.held), 2 * self.size))
        left[: self.size, : self.size] = np.eye(self.size)
        left[self.size :, self.size :] = -self.beside / self.held[:, None]
        diagonal = np.concatenate([np.zeros(self.size), 1 / self.held])
        own = np.arange(self.size, self.size + len(self.held))
        order = np.concatenate([np.arange(self.place), own, np.arange(self.place, self.size)])
        right = np.concatenate([known, before])
        return NearDiagonal(diagonal[order], left[order], right[:, order])
