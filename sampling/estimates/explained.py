"""What calibrations explain of domains' scores: coefficients and moments, by sums over rows.

Columns x stay what they are, levels of margins or numbers; what a solver has beside its diagonal is applied
to sums of columns alone. Nothing is written out for every row and column, or every domain and level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, Ints
from sampling.designs.layout import Layout
from sampling.designs.projection import Dummies, Met, NearDiagonal, Projection
from sampling.designs.structure import Structure


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Coefficients B = own + shared left' (D, P): `own` (D, P) sparse, `shared` (D, q), `left` (P, q)."""

    own: Any
    shared: Floats
    left: Floats

    def times(self, columns: Any) -> Any:
        """Return `columns` (k, P), sparse, times B' (k, D)."""
        if not self.left.shape[1]:
            return columns @ self.own.T
        return (columns @ self.own.T).toarray() + (columns @ self.left) @ self.shared.T

    def along(self, columns: Any) -> Floats:
        """Return Σ_p B_dp c_dp of `columns` c (D, P), sparse, by domain (D,)."""
        few: Floats = self.own.multiply(columns).sum(axis=1)
        out: Floats = few + (self.shared * (columns @ self.left)).sum(axis=1)
        return out

    def quadratic(self, among: Any) -> Floats:
        """Return B_d' M B_d (D,) of M = `among` (P, P), sparse."""
        few: Floats = self.own.multiply(self.own @ among).sum(axis=1)
        across = among @ self.left
        many = 2 * (self.own @ across) + self.shared @ (self.left.T @ across)
        out: Floats = few + (self.shared * many).sum(axis=1)
        return out

    def whole(self) -> Any:
        """Return B (D, P), sparse."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

        return csr_array(self.own + csr_array(self.shared @ self.left.T))


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Scores `u` (m,) of the layout `at`, their coefficients `b`, and the columns z = w x of calibrations.

    `alone` is the calibration where there is but one and it has margins; `met` is where their levels meet the
    layout's domains.
    """

    at: Layout
    u: Floats
    b: Coefficients
    alone: Projection | None = None
    met: Met | None = None

    def stratum_columns(self, structure: Structure) -> Any:
        """Return the sums of z by stratum (H, P), sparse."""
        return self._columns(structure)[1]

    def moments(self, at: Layout, structure: Structure, factor: Floats, mean: Floats) -> tuple[Any, Any]:
        """Return Σ k (u z' - S Z'/n) (D, P) and Σ k (z z' - Z Z'/n) (P, P) over primary units.

        `at` is the layout at the stage of `structure`, `factor` k (H,) of its strata, `mean` k/n.
        """
        from scipy.sparse import diags_array  # noqa: PLC0415 - numpy alone at import

        z, strata = self._columns(structure)
        around = diags_array(mean) @ strata
        beside, among = self._squares(at, structure, z, factor)
        return beside - stratum_sums(at, self.u).T @ around, among - strata.T @ around

    def _columns(self, structure: Structure) -> tuple[Any, Any]:
        """Sums of z by primary unit, where those aren't rows of margins, and by stratum."""
        if (margins := self._margins(structure)) is not None:
            by_stratum = margins.beside(structure.strata.codes, size=len(structure.sampled))
            return None, by_stratum.sums(self._weights)
        return _by_unit_and_stratum(structure, sparse_columns(self.at.projections))

    def _squares(self, at: Layout, structure: Structure, z: Any, factor: Floats) -> tuple[Any, Any]:
        """Σ k u z' (D, P) and Σ k z z' (P, P)."""
        from scipy.sparse import csr_array, diags_array  # noqa: PLC0415 - numpy alone at import

        margins = self._margins(structure)
        if margins is None or self.met is None:
            left = diags_array(factor[structure.stratum_of_psu]) @ z
            whose, shape = at.cell_domain[at.cell], (structure.psus, at.size)
            units = csr_array((at.unit_sums(self.u), (at.psu_of_unit, whose)), shape=shape)
            return units.T @ left, z.T @ left
        scaled = factor[structure.strata.codes] * self._weights
        return self.met.sums(self.u * at.take(scaled)), margins.products(scaled * self._weights)

    def _margins(self, structure: Structure) -> Dummies | None:
        """The margins, if every row is a primary unit and nothing else calibrated the weights."""
        if structure.psu is not None or self.alone is None:
            return None
        return self.alone.x if isinstance(self.alone.x, Dummies) else None

    @property
    def _weights(self) -> Floats:
        return self.at.projections[0].weights


def explained(at: Layout, u: Floats) -> Explained:
    """Return what the calibrations of the layout's design explain of the scores `u` (m,)."""
    if len(at.projections) == 1 and isinstance(x := at.projections[0].x, Dummies):
        (one,) = at.projections
        met = x.beside(at.domain, size=at.size, rows=at.rows)
        return Explained(at, u, _solved(one, met.sums(u / at.take(one.divisor))), one, met)
    return Explained(at, u, _in_turn(at, u))


def stratum_sums(at: Layout, u: Floats) -> Any:
    """Return the sums of scores `u` (m,) by stratum and domain (H, D), sparse."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

    held = at.cell_sums(at.unit_sums(u))
    shape = (len(at.structure.sampled), at.size)
    return csr_array((held, (at.cell_stratum, at.cell_domain)), shape=shape)


def sparse_columns(projections: tuple[Projection, ...]) -> Any:
    """Return the columns z = w x of all calibrations (n, P), sparse."""
    from scipy.sparse import hstack  # noqa: PLC0415 - numpy alone at import

    return hstack([one.x.sparse(one.weights) for one in projections], "csr")


def _in_turn(at: Layout, u: Floats) -> Coefficients:
    """The coefficients of one calibration after the other, each of what those before it left."""
    from scipy.linalg import block_diag  # noqa: PLC0415 - numpy alone at import
    from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - numpy alone at import

    scores = _scores(at, u)
    made: list[Coefficients] = []
    for place, one in enumerate(at.projections):
        scaled = one.x.sparse(1 / one.divisor)
        sums = scores.T @ scaled
        for before, b in zip(at.projections[:place], made, strict=True):
            taken = b.times(csr_array((before.x.sparse(before.weights).T @ scaled).T)).T
            sums = csr_array(sums - taken)
        made.append(_solved(one, sums))
    return Coefficients(
        hstack([b.own for b in made], "csr"),
        np.hstack([b.shared for b in made]),
        block_diag(*(b.left for b in made)),
    )


def _scores(at: Layout, u: Floats) -> Any:
    """The scores of all rows by domain (n, D), sparse."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

    n = len(at.structure.strata.codes)
    rows: Ints = np.arange(n) if at.rows is None else at.rows
    return csr_array((u, (rows, at.domain)), shape=(n, at.size))


def _solved(one: Projection, sums: Any) -> Coefficients:
    """The coefficients of a calibration, of its domains' `sums` (D, P)."""
    from scipy.sparse import csr_array, diags_array  # noqa: PLC0415 - numpy alone at import

    solver, (size, p) = one.solver, sums.shape
    if isinstance(solver, NearDiagonal):
        own = csr_array(sums @ diags_array(solver.diagonal))
        own.eliminate_zeros()
        return Coefficients(own, sums @ solver.right.T, solver.left)
    if solver.ndim == 1:
        return Coefficients(csr_array(sums @ diags_array(solver)), np.zeros((size, 0)), np.zeros((p, 0)))
    return Coefficients(csr_array((size, p)), sums @ solver.T, np.eye(p))


def _by_unit_and_stratum(structure: Structure, values: Any) -> tuple[Any, Any]:
    """Sums of the rows of `values` (n, …) by primary unit and by stratum."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

    units, stratum = values, structure.stratum_of_psu
    if structure.psu is not None:
        codes = structure.psu.codes
        into = csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))))
        units = into @ values
    into = csr_array((np.ones(len(stratum)), (stratum, np.arange(len(stratum)))))
    return units, into @ units
