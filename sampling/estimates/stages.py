"""Variances of all stages by sums over primary units within (domain, stratum) cells, before calibration.

V = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_c (u_hc - ū_h)² over all n_h units sampled, those outside the domain as
zeros (Woodruff 1971; Särndal, Swensson and Wretman 1992).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, added
from sampling.designs.layout import Layout
from sampling.estimates.lonely import Rules


def staged_variances(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the variances (D,) of all stages, without regard to calibrations."""
    z = at.unit_sums(u)
    means = _means(at, z, by=by)
    apart = at.over_units(means)
    apart -= z
    apart *= apart
    squares = at.cell_sums(apart)
    cells = by.factor * (squares + _unseen(at) * means**2)
    out: Floats = added(at.cell_domain, cells, size=at.size) * by.inflation
    if by.apart is not None:
        out = np.maximum(out + by.apart.moved(_by_stratum(at, z)).variances(), 0.0)
    if at.further is None or by.further is None:
        return out
    return out + staged_variances(at.further, u, by=by.further)


def staged_covariance(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the covariance (k, k) of the columns of `u` (m, k) over the one domain, of all stages."""
    z = np.column_stack([at.unit_sums(one) for one in u.T])
    means = np.column_stack([_means(at, one, by=by) for one in z.T])
    apart = z - means[at.cell]
    seen: Floats = (apart * by.factor[at.cell, None]).T @ apart
    unseen: Floats = (means * (by.factor * _unseen(at))[:, None]).T @ means
    out: Floats = (seen + unseen) * float(by.inflation[0])
    if by.apart is not None:
        out = out + by.apart.moved(_by_stratum(at, z)).covariance()
    if at.further is None or by.further is None:
        return out
    return out + staged_covariance(at.further, u, by=by.further)


def staged_domain_covariance(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the covariance (D, D) of all stages, without regard to calibrations."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

    z = at.unit_sums(u)
    means = _means(at, z, by=by)
    sampled = at.structure.sampled[at.cell_stratum]
    whose, shape = at.cell_domain[at.cell], (at.structure.psus, at.size)
    units = csr_array((z * np.sqrt(by.factor[at.cell]), (at.psu_of_unit, whose)), shape=shape)
    around = (means * np.sqrt(by.factor * sampled), (at.cell_stratum, at.cell_domain))
    strata = csr_array(around, shape=(len(at.structure.sampled), at.size))
    out: Floats = (units.T @ units - strata.T @ strata).toarray()
    if by.apart is not None:
        out = out + by.apart.moved(_by_stratum(at, z)).covariance()
    np.fill_diagonal(out, staged_variances(replace(at, further=None), u, by=by) / by.inflation)
    root: Floats = np.sqrt(by.inflation)
    out = np.outer(root, root) * out
    if at.further is None or by.further is None:
        return out
    return out + staged_domain_covariance(at.further, u, by=by.further)


def _by_stratum(at: Layout, z: Floats) -> Any:
    """Sums of the units by stratum (H, D), sparse, for each domain or else for each column of `z`."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - numpy alone at import

    strata = len(at.structure.sampled)
    if z.ndim == 1:
        return csr_array((at.cell_sums(z), (at.cell_stratum, at.cell_domain)), shape=(strata, at.size))
    cells = np.column_stack([at.cell_sums(one) for one in z.T])
    rows = np.arange(len(at.cell_stratum))
    into = csr_array((np.ones(len(rows)), (at.cell_stratum, rows)), shape=(strata, len(rows)))
    return csr_array(into @ cells)


def _means(at: Layout, z: Floats, *, by: Rules) -> Floats:
    """Mean over all units sampled in the stratum, of which those outside the domain are zeros."""
    return at.cell_sums(z) / at.structure.sampled[at.cell_stratum] * by.centred


def _unseen(at: Layout) -> Floats:
    """How many units of the stratum are outside the domain, in each cell."""
    return (at.structure.sampled[at.cell_stratum] - at.units).astype(np.float64)
