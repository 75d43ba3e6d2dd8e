"""Scores less what calibration explains: their regression on what the weights were calibrated to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, Ints, added
from sampling.designs.labels import Pairs, crossed


@dataclass(frozen=True, slots=True, eq=False)
class Dummies:
    """Columns of 0 and 1, one per level of each margin: `codes` (n,) of each, and how many levels it has."""

    codes: tuple[Ints, ...]
    sizes: tuple[int, ...]

    @property
    def starts(self) -> list[int]:
        """The column of each margin's first level, and the number of columns last."""
        return [0, *np.cumsum(self.sizes).tolist()]

    def sums(self, values: Floats) -> Floats:
        """Return Σ x·value over the rows (P,)."""
        parts = zip(self.codes, self.sizes, strict=True)
        return np.concatenate([added(codes, values, size=size) for codes, size in parts])

    def fitted(self, coefficients: Floats) -> Floats:
        """Return x'b of every row (n,)."""
        out = np.zeros(len(self.codes[0]))
        for codes, start in zip(self.codes, self.starts, strict=False):
            out += coefficients[start:][codes]
        return out

    def sparse(self, values: Floats) -> Any:
        """Return the columns times `values` (n,), row by row: a sparse array (n, P)."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

        n, margins = len(values), len(self.codes)
        places = np.empty((n, margins), dtype=np.int32)
        for margin, (codes, start) in enumerate(zip(self.codes, self.starts, strict=False)):
            np.add(codes, start, out=places[:, margin], casting="unsafe")
        ends = np.arange(0, n * margins + 1, margins, dtype=np.int32)
        return csr_array((np.repeat(values, margins), places.ravel(), ends), shape=(n, self.starts[-1]))

    def beside(self, labels: Ints, *, size: int, rows: Ints | None = None) -> Met:
        """Return where the columns meet labels (m,) of `size` levels, of all rows or some `rows`."""
        parts = zip(self.codes, self.sizes, strict=True)
        inner = ((codes if rows is None else codes[rows], own) for codes, own in parts)
        pairs = tuple(crossed(labels, codes, sizes=(size, own), ordered=False) for codes, own in inner)
        return Met(pairs, tuple(self.starts[:-1]), (size, self.starts[-1]))

    def products(self, values: Floats) -> Any:
        """Return Σ x x'·value over the rows, a sparse array (P, P)."""
        from scipy.sparse import block_array, diags_array  # noqa: PLC0415 - numpy alone at import

        margins = list(zip(self.codes, self.sizes, strict=True))
        blocks: list[list[Any]] = [[None] * len(margins) for _ in margins]
        for one, (codes, size) in enumerate(margins):
            # Levels of one margin don't meet.
            blocks[one][one] = diags_array(added(codes, values, size=size))
            for other, (beside, width) in enumerate(margins[:one]):
                pairs = crossed(codes, beside, sizes=(size, width), ordered=False)
                blocks[one][other] = Met((pairs,), (0,), (size, width)).sums(values)
                blocks[other][one] = blocks[one][other].T
        return block_array(blocks, format="csr")


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """Labels and the levels of margins as they meet in rows (m,): the `pairs` of each margin that occur.

    `starts` are the margins' first columns; `shape` is that of what `sums` gives, labels by columns.
    """

    pairs: tuple[Pairs, ...]
    starts: tuple[int, ...]
    shape: tuple[int, int]

    def sums(self, values: Floats) -> Any:
        """Return Σ x·value by label, a sparse array; `values` (m,) are those of the rows."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

        held = [added(pairs.codes, values, size=len(pairs.first)) for pairs in self.pairs]
        first = np.concatenate([pairs.first for pairs in self.pairs])
        second = [pairs.second + start for pairs, start in zip(self.pairs, self.starts, strict=True)]
        return csr_array((np.concatenate(held), (first, np.concatenate(second))), shape=self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Columns of numbers (n, P)."""

    x: Floats

    def sums(self, values: Floats) -> Floats:
        """Return Σ x·value over the rows (P,)."""
        out: Floats = values @ self.x
        return out

    def fitted(self, coefficients: Floats) -> Floats:
        """Return x'b of every row (n,)."""
        out: Floats = self.x @ coefficients
        return out

    def sparse(self, values: Floats) -> Any:
        """Return the columns times `values` (n,), row by row: a sparse array (n, P)."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

        return csr_array(self.x * values[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class NearDiagonal:
    """A matrix diag(d) + L R (P, P) that is never written out: d (P,), L (P, q), R (q, P) with a small q."""

    diagonal: Floats
    left: Floats
    right: Floats

    def whole(self) -> Floats:
        """Return the matrix written out (P, P)."""
        out: Floats = np.diag(self.diagonal) + self.left @ self.right
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Takes w x'B off scores u, where B = G Σ x u/v: `weights` w (n,), `divisor` v (n,), `solver` G.

    G is (P, P), or its diagonal (P,), or a diagonal and little more.
    """

    x: Dummies | Numbers
    weights: Floats
    divisor: Floats
    solver: Floats | NearDiagonal

    def residual(self, u: Floats) -> Floats:
        """Return the scores (n,) of all rows, less what the calibration explains of them."""
        return u - self.weights * self.x.fitted(times(self.solver, self.x.sums(u / self.divisor)))


def times(solver: Floats | NearDiagonal, sums: Floats) -> Floats:
    """Return G s for a solver given whole, by its diagonal, or by that and a little more."""
    if isinstance(solver, NearDiagonal):
        near: Floats = solver.diagonal * sums + solver.left @ (solver.right @ sums)
        return near
    out: Floats = solver * sums if solver.ndim == 1 else solver @ sums
    return out


def factors(new: Floats, old: Floats) -> Floats:
    """Return by what each weight was multiplied (n,); 1 where it was 0."""
    return np.divide(new, old, out=np.ones_like(new), where=old != 0)
