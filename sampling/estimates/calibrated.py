"""Variances after calibration: all domains by sums, at a cost that grows with the rows and not with domains.

A calibration takes w x'B off the scores of every row, in the domain or not. Written out, that is a domain's
own variance, less twice its covariance with the columns z = w x, plus theirs, each times the domain's B_d,
which comes from domain sums. The residuals are those of Deville and Särndal (1992), JASA 87, 376-382.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.layout import Layout
from sampling.designs.projection import NearDiagonal, Projection
from sampling.designs.structure import Structure
from sampling.estimates.apart import Moved
from sampling.estimates.lonely import Rules
from sampling.estimates.stages import staged_domain_covariance, staged_variances

ROUNDING = 1e-14
"""Of a variance before calibration: less than so much of it after is nothing."""


def residual(at: Layout, whole: Layout, u: Floats) -> Floats:
    """Return the scores of all rows with weight, less what calibration explains of `u` (m,) in one domain.

    `whole` is the layout of all rows with weight as one domain, here and below.
    """
    full = _spread(at, u)
    for one in at.projections:
        full = one.residual(full)
    return whole.take(full)


def variances(at: Layout, whole: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the variance (D,) of the sum of the scores `u` (m,) in each domain."""
    if at.size == 1:
        return staged_variances(whole, residual(at, whole, u), by=by)
    parts = _explained(at, u)
    plain = staged_variances(at, u, by=_by_cells(at, whole, by=by))
    explained = [_corrections(parts, *stage) for stage in _stages(whole, by)]
    extra = sum([*explained, *(moved.variances() for moved in _moved(parts, whole, by))])
    left = plain + extra * by.inflation
    # Where everything is explained, what is left is the rounding of the differences.
    return np.where(left <= ROUNDING * plain, 0.0, left)


def covariance(at: Layout, whole: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the covariance (D, D) of the sums of the scores `u` (m,) in the domains."""
    parts = _explained(at, u)
    plain = staged_domain_covariance(at, u, by=_by_cells(at, whole, by=by))
    root: Floats = np.sqrt(by.inflation)
    explained = [_cross_corrections(parts, *stage) for stage in _stages(whole, by)]
    extra = sum([*explained, *(moved.covariance() for moved in _moved(parts, whole, by))])
    out: Floats = plain + np.outer(root, root) * extra
    np.fill_diagonal(out, variances(at, whole, u, by=by))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Scores u (n, D), columns z = w x of all calibrations (n, P) and their coefficients B (D, P), sparse."""

    u: Any
    z: Any
    b: Any


def _spread(at: Layout, u: Floats) -> Floats:
    """Scores of all rows (n,), 0 outside the domain."""
    out = np.zeros(len(at.structure.strata.codes))
    out[slice(None) if at.rows is None else at.rows] = u
    return out


def _explained(at: Layout, u: Floats) -> Explained:
    from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - numpy alone at import

    n = len(at.structure.strata.codes)
    held = np.ones(n, dtype=np.int64)
    if at.rows is not None:
        held = np.bincount(at.rows, minlength=n)
    scores = csr_array((u, at.domain, np.concatenate([[0], np.cumsum(held)])), shape=(n, at.size))
    made: list[tuple[Any, Any]] = []
    for one in at.projections:
        scaled = one.x.sparse(1 / one.divisor)
        sums = scores.T @ scaled
        for z, b in made:
            sums = sums - b @ (z.T @ scaled)
        made.append(_fitted(one, sums))
    if len(made) == 1:
        return Explained(scores, *made[0])
    return Explained(scores, hstack([z for z, _ in made], "csr"), hstack([b for _, b in made], "csr"))


def _fitted(one: Projection, sums: Any) -> tuple[Any, Any]:
    """Columns z (n, P) of a calibration and the domains' coefficients (D, P), of their `sums` (D, P).

    What a solver has beside its diagonal comes as columns of its own: written out, there would be a
    coefficient for every domain and level.
    """
    from scipy.sparse import csr_array, diags_array, hstack  # noqa: PLC0415 - numpy alone at import

    z, solver = one.x.sparse(one.weights), one.solver
    if isinstance(solver, NearDiagonal):
        left, right = csr_array(solver.left), csr_array(sums @ solver.right.T)
        own = np.flatnonzero(solver.diagonal)
        few = sums[:, own] @ diags_array(solver.diagonal[own])
        return hstack([z[:, own], z @ left], "csr"), hstack([few, right], "csr")
    return z, csr_array(sums @ (diags_array(solver) if solver.ndim == 1 else solver.T))


def _by_cells(at: Layout, whole: Layout, *, by: Rules) -> Rules:
    """The rules of the whole sample's strata, for the cells of the domains, but for strata apart."""
    factor, centred = _by_stratum(whole, by=by)
    inner = None
    if at.further is not None and whole.further is not None and by.further is not None:
        inner = _by_cells(at.further, whole.further, by=by.further)
    factor, centred = factor[at.cell_stratum], centred[at.cell_stratum]
    return replace(by, factor=factor, centred=centred, apart=None, further=inner)


def _by_stratum(whole: Layout, *, by: Rules) -> tuple[Floats, Floats]:
    factor, centred = np.zeros(len(whole.structure.sampled)), np.ones(len(whole.structure.sampled))
    factor[whole.cell_stratum], centred[whole.cell_stratum] = by.factor, by.centred
    return factor, centred


def _stages(whole: Layout, by: Rules) -> list[tuple[Structure, Floats, Floats]]:
    """Each stage's structure, its factors (H,), and these over n_h where squares are taken from the mean."""
    factor, centred = _by_stratum(whole, by=by)
    here = [(whole.structure, factor, factor * centred / whole.structure.sampled)]
    if whole.further is None or by.further is None:
        return here
    return here + _stages(whole.further, by.further)


def _moved(parts: Explained, whole: Layout, by: Rules) -> list[Moved]:
    """What strata apart add at each stage, by the residuals u - z B' of all rows."""
    here = []
    if by.apart is not None:
        z, u = _sums(whole.structure, parts.z)[1], _sums(whole.structure, parts.u)[1]
        here = [by.apart.moved(u - z @ parts.b.T)]
    if whole.further is None or by.further is None:
        return here
    return here + _moved(parts, whole.further, by.further)


def _sums(structure: Structure, values: Any) -> tuple[Any, Any]:
    """Sums of the rows of `values` (n, …) by primary unit and by stratum."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

    units, stratum = values, structure.stratum_of_psu
    if structure.psu is not None:
        codes = structure.psu.codes
        into = csr_array((np.ones(len(codes)), (codes, np.arange(len(codes)))))
        units = into @ values
    into = csr_array((np.ones(len(stratum)), (stratum, np.arange(len(stratum)))))
    return units, into @ units


def _moments(parts: Explained, structure: Structure, factor: Floats, mean: Floats) -> tuple[Any, Any]:
    """Σ k (u z' - S Z'/n) (D, P) and Σ k (z z' - Z Z'/n) (P, P) over primary units."""
    from scipy.sparse import diags_array  # noqa: PLC0415 - numpy alone at import

    z, z_strata = _sums(structure, parts.z)
    u, u_strata = _sums(structure, parts.u)
    left = diags_array(factor[structure.stratum_of_psu]) @ z
    around = diags_array(mean) @ z_strata
    return u.T @ left - u_strata.T @ around, z.T @ left - z_strata.T @ around


def _corrections(parts: Explained, structure: Structure, factor: Floats, mean: Floats) -> Floats:
    beside, among = _moments(parts, structure, factor, mean)
    terms: Floats = _quadratic(parts.b, among) - 2 * parts.b.multiply(beside).sum(axis=1)
    return terms


def _quadratic(b: Any, among: Any) -> Floats:
    """Return B_d'M B_d (D,). Columns of which most domains have some of are kept apart from the others.

    Written out, B M would have a number for every domain and column.
    """
    full = np.bincount(b.indices, minlength=b.shape[1]) * 2 > b.shape[0]
    few, many = b[:, ~full], b[:, full].toarray()
    rows = among.tocsr()
    own, across, whole = rows[~full][:, ~full], rows[~full][:, full], rows[full][:, full]
    out: Floats = few.multiply(few @ own).sum(axis=1)
    out += (many * (2 * (few @ across).toarray() + many @ whole.toarray())).sum(axis=1)
    return out


def _cross_corrections(parts: Explained, structure: Structure, factor: Floats, mean: Floats) -> Floats:
    beside, among = _moments(parts, structure, factor, mean)
    half = parts.b @ (among @ parts.b.T) / 2 - parts.b @ beside.T
    out: Floats = (half + half.T).toarray()
    return out
