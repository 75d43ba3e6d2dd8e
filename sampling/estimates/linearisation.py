"""Variances of linearised estimates, by sums over primary units within (domain, stratum) cells.

V = Σ_h (1 - f_h) n_h/(n_h - 1) Σ_c (u_hc - ū_h)² over all n_h units sampled, those outside the domain as
zeros (Woodruff 1971; Särndal, Swensson and Wretman 1992).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sampling.designs.arrays import Bools, Floats, added
from sampling.designs.layout import Layout
from sampling.errors import BadInput, LonelyStratum, named
from sampling.estimates import calibrated


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What lonely strata make of each cell (cells,) and each domain (D,).

    A cell's squares are multiplied by `factor`, taken from its mean where `centred` is 1 and from 0 where it
    is 0; a domain's sum of them is multiplied by `inflation`. `further` are the rules of the next stage. For
    calibrated weights the cells are those of the whole sample, whose rows all have scores then.
    """

    factor: Floats
    centred: Floats
    inflation: Floats
    further: Rules | None = None


def rules(at: Layout, *, lonely: str, lonely_domains: bool) -> Rules:
    """Return the rules of `lonely`, counted per domain; `lonely_domains` extends them to cells of one unit.

    Raises LonelyStratum under "fail", and under "average" where a domain has no other stratum; BadInput for
    `lonely_domains` with calibrated weights, which leave no unit of a stratum without a score.
    """
    found = _rules(at, lonely=lonely, lonely_domains=lonely_domains)
    if at.whole is not None:
        if lonely_domains and lonely in ("adjust", "average"):
            raise BadInput("The 'lonely_domains' parameter can't be true with calibrated weights.")
        return _inflated(_rules(at.whole, lonely=lonely, lonely_domains=False), as_in=found)
    return found


def _inflated(whole: Rules, *, as_in: Rules) -> Rules:
    inner = None
    if whole.further is not None and as_in.further is not None:
        inner = _inflated(whole.further, as_in=as_in.further)
    return replace(whole, inflation=as_in.inflation, further=inner)


def _rules(at: Layout, *, lonely: str, lonely_domains: bool) -> Rules:
    sampled, left = at.structure.sampled[at.cell_stratum], at.structure.left[at.cell_stratum]
    left = left * at.structure.share[at.cell_stratum]
    alone = (sampled == 1) & (left > 0)
    if lonely == "fail":
        _refuse_lonely(at, alone, but="Name a rule with 'lonely', or collapse the stratum into a neighbour")
    if lonely_domains:
        alone = (at.units == 1) & (left > 0)
    factor = left * sampled / np.maximum(sampled - 1, 1)
    centred = np.ones(len(factor))
    inflation = np.ones(at.size)
    if lonely == "adjust":
        centred[alone] = 0
    elif lonely == "average":
        factor[alone] = 0
        inflation = _inflation(at, alone)
    inner = at.further
    further = None if inner is None else _rules(inner, lonely=lonely, lonely_domains=lonely_domains)
    return Rules(factor, centred, inflation, further)


def _inflation(at: Layout, alone: Bools) -> Floats:
    told = at.strata - np.bincount(at.cell_domain[alone], minlength=at.size)
    _refuse_lonely(at, (told == 0)[at.cell_domain], but="No other stratum of the domain can stand in")
    return at.strata / told


def _refuse_lonely(at: Layout, alone: Bools, *, but: str) -> None:
    if alone.any():
        strata = [at.structure.strata.levels[h] for h in sorted(set(at.cell_stratum[alone].tolist()))]
        raise LonelyStratum(f"One unit was sampled in the stratum {named(strata)}. {but}.", items=strata)


def variances(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the variance (D,) of the sum of the scores `u` (m,) in each domain."""
    if at.whole is not None:
        return calibrated.variances(at, at.whole, u, by=by)
    return staged_variances(at, u, by=by)


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
    if at.further is None or by.further is None:
        return out
    return out + staged_variances(at.further, u, by=by.further)


def covariance(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the covariance (k, k) of the sums of the columns of `u` (m, k) over the one domain of `at`."""
    if at.whole is not None:
        columns = np.column_stack([calibrated.residual(at, at.whole, one) for one in u.T])
        return _staged_covariance(at.whole, columns, by=by)
    return _staged_covariance(at, u, by=by)


def _staged_covariance(at: Layout, u: Floats, *, by: Rules) -> Floats:
    z = np.column_stack([at.unit_sums(one) for one in u.T])
    means = np.column_stack([_means(at, one, by=by) for one in z.T])
    apart = z - means[at.cell]
    seen: Floats = (apart * by.factor[at.cell, None]).T @ apart
    unseen: Floats = (means * (by.factor * _unseen(at))[:, None]).T @ means
    out: Floats = (seen + unseen) * float(by.inflation[0])
    if at.further is None or by.further is None:
        return out
    return out + _staged_covariance(at.further, u, by=by.further)


def domain_covariance(at: Layout, u: Floats, *, by: Rules, lonely_domains: bool) -> Floats:
    """Return the covariance (D, D) of the sums of the scores `u` (m,) in the domains.

    Under "average" the domains' own factors are joined by their geometric mean. Raises BadInput with
    `lonely_domains`, whose rule exists for one domain only.
    """
    if lonely_domains:
        raise BadInput("The 'vcov' parameter can't be true together with 'lonely_domains' and 'by'.")
    if at.whole is not None:
        return calibrated.covariance(at, at.whole, u, by=by)
    return staged_domain_covariance(at, u, by=by)


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
    np.fill_diagonal(out, staged_variances(replace(at, further=None), u, by=by) / by.inflation)
    root: Floats = np.sqrt(by.inflation)
    out = np.outer(root, root) * out
    if at.further is None or by.further is None:
        return out
    return out + staged_domain_covariance(at.further, u, by=by.further)


def _means(at: Layout, z: Floats, *, by: Rules) -> Floats:
    """Mean over all units sampled in the stratum, of which those outside the domain are zeros."""
    return at.cell_sums(z) / at.structure.sampled[at.cell_stratum] * by.centred


def _unseen(at: Layout) -> Floats:
    """How many units of the stratum are outside the domain, in each cell."""
    return (at.structure.sampled[at.cell_stratum] - at.units).astype(np.float64)
