"""Variances after calibration: all domains by sums, at a cost that grows with the rows and not with domains.

A calibration takes w x'B off the scores of every row, in the domain or not. Written out, that is a domain's
own variance, less twice its covariance with the columns z = w x, plus theirs, each times the domain's B_d,
which comes from domain sums. The residuals are those of Deville and Särndal (1992), JASA 87, 376-382.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.layout import Layout
from sampling.designs.structure import Structure
from sampling.estimates.apart import Moved
from sampling.estimates.explained import Explained, explained, stratum_sums
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
    parts = explained(at, u)
    plain = staged_variances(at, u, by=_by_cells(at, whole, by=by))
    taken = [_corrections(parts, *stage) for stage in _stages(at, whole, by)]
    extra = sum([*taken, *(moved.variances() for moved in _moved(parts, at, whole, by))])
    left = plain + extra * by.inflation
    # Where everything is explained, what is left is the rounding of the differences.
    return np.where(left <= ROUNDING * plain, 0.0, left)


def covariance(at: Layout, whole: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the covariance (D, D) of the sums of the scores `u` (m,) in the domains."""
    parts = explained(at, u)
    plain = staged_domain_covariance(at, u, by=_by_cells(at, whole, by=by))
    root: Floats = np.sqrt(by.inflation)
    taken = [_cross_corrections(parts, *stage) for stage in _stages(at, whole, by)]
    extra = sum([*taken, *(moved.covariance() for moved in _moved(parts, at, whole, by))])
    out: Floats = plain + np.outer(root, root) * extra
    np.fill_diagonal(out, variances(at, whole, u, by=by))
    return out


def _spread(at: Layout, u: Floats) -> Floats:
    """Scores of all rows (n,), 0 outside the domain."""
    out = np.zeros(len(at.structure.strata.codes))
    out[slice(None) if at.rows is None else at.rows] = u
    return out


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


Stage = tuple[Layout, Structure, Floats, Floats]


def _stages(at: Layout, whole: Layout, by: Rules) -> list[Stage]:
    """Each stage's layout and structure, its factors (H,), and these over n_h where squares are centred."""
    factor, centred = _by_stratum(whole, by=by)
    here: list[Stage] = [(at, whole.structure, factor, factor * centred / whole.structure.sampled)]
    if at.further is None or whole.further is None or by.further is None:
        return here
    return here + _stages(at.further, whole.further, by.further)


def _moved(parts: Explained, at: Layout, whole: Layout, by: Rules) -> list[Moved]:
    """What strata apart add at each stage, by the residuals u - z B' of all rows."""
    here = []
    if by.apart is not None:
        scores = by.apart.moved(stratum_sums(at, parts.u))
        columns = by.apart.moved(parts.stratum_columns(whole.structure))
        here = [scores.less(columns, by=parts.b.times)]
    if at.further is None or whole.further is None or by.further is None:
        return here
    return here + _moved(parts, at.further, whole.further, by.further)


def _corrections(parts: Explained, at: Layout, structure: Structure, factor: Floats, mean: Floats) -> Floats:
    beside, among = parts.moments(at, structure, factor, mean)
    out: Floats = parts.b.quadratic(among) - 2 * parts.b.along(beside)
    return out


def _cross_corrections(
    parts: Explained, at: Layout, structure: Structure, factor: Floats, mean: Floats
) -> Floats:
    beside, among = parts.moments(at, structure, factor, mean)
    b = parts.b.whole()
    half = b @ (among @ b.T) / 2 - b @ beside.T
    out: Floats = (half + half.T).toarray()
    return out
