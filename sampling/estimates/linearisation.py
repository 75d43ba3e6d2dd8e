"""Variances of linearised estimates: by sums over primary units, less what calibration explains."""

from __future__ import annotations

import numpy as np

from sampling.designs.arrays import Floats
from sampling.designs.layout import Layout
from sampling.errors import BadInput
from sampling.estimates import calibrated
from sampling.estimates.lonely import Rules
from sampling.estimates.stages import staged_covariance, staged_domain_covariance, staged_variances


def variances(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the variance (D,) of the sum of the scores `u` (m,) in each domain."""
    if at.whole is not None:
        return calibrated.variances(at, at.whole, u, by=by)
    return staged_variances(at, u, by=by)


def covariance(at: Layout, u: Floats, *, by: Rules) -> Floats:
    """Return the covariance (k, k) of the sums of the columns of `u` (m, k) over the one domain of `at`."""
    if at.whole is not None:
        columns = np.column_stack([calibrated.residual(at, at.whole, one) for one in u.T])
        return staged_covariance(at.whole, columns, by=by)
    return staged_covariance(at, u, by=by)


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
