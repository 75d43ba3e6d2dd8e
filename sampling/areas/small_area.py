"""Small areas by an area-level model: direct figures drawn towards what covariates predict."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.areas.area_fit import Areas, Given, Method, given, squared, unbounded
from sampling.designs.arrays import Bools, Floats, column, frozen, numbers, refuse
from sampling.errors import BadInput, Collinear, TooFew

Asked = Literal["auto", "reml", "ml", "moments", "adjusted"]

ENOUGH_TO_ADJUST = 30
"""Fewer areas than these inflate the variance that the adjusted likelihood finds."""


@dataclass(frozen=True, slots=True, eq=False)
class FayHerriot:
    """Figures of m areas under θ = x'β + u, with u of variance `sigma2`.

    `value` (m,) is the shrunken figure, `mse` (m,) its estimated mean squared error, `shrinkage` (m,) the
    weight γ of the direct figure `direct` (m,): print the three together. `beta`, `beta_se` (p,) are the
    coefficients, `loglik` the likelihood of the direct figures, `aic` Akaike's criterion, `method` the one
    used.
    """

    value: Floats
    mse: Floats
    shrinkage: Floats
    direct: Floats
    beta: Floats
    beta_se: Floats
    sigma2: float
    loglik: float
    aic: float
    method: Method
    domains: tuple[Hashable, ...] | None = None

    def benchmark(self, weights: Any, target: float) -> Floats:
        """Return the figures (m,) times one factor, so that their mean by `weights` (m,) is `target`.

        Raises BadInput for negative weights, none above 0, or figures that average to 0.

        >>> found = fay_herriot([0.4, 0.6, 0.8], [0.01] * 3, [[1.0]] * 3, method="reml")
        >>> found.benchmark([1, 1, 2], 0.6).round(3).tolist()
        [0.424, 0.565, 0.706]
        """
        by = column(weights, n=len(self.value), name="weights")
        refuse(~((by >= 0) & np.isfinite(by)), name="weights", must="be finite and at least 0")
        held = float(by @ self.value)
        if not math.isfinite(target) or held == 0:
            raise BadInput(f"The 'target' must be finite and the weighted figures not 0. Got {target}.")
        return frozen(self.value * (target * float(by.sum()) / held))


def fay_herriot(
    value: Any,
    variance: Any,
    x: Any,
    *,
    method: Asked = "auto",
    domains: Sequence[Hashable] | None = None,
) -> FayHerriot:
    """Return the empirical best linear unbiased predictors of m areas (Fay and Herriot 1979).

    `value` (m,) are direct figures, `variance` (m,) their sampling variances > 0, taken as known: smooth them
    first; `x` (m, p) are the covariates, the constant among them. "reml", "ml", "moments" (Fay and Herriot's)
    find the variance of the area effects, 0 if the data say so; "adjusted" is never 0 (Li and Lahiri 2010,
    REML likelihood times the variance). "auto" is REML, or adjusted where REML finds 0 for 30 areas or more.
    The mean squared errors are those of Rao and Molina (2015), ch. 6; those of the adjusted fit as REML's.

    Raises BadInput for a wrong shape, a figure that isn't finite, a variance ≤ 0; Collinear for covariates of
    less than full rank; TooFew unless m > p (adjusted: m > p + 2).
    Formulas (31) to (35) of method.md.

    >>> found = fay_herriot([0.4, 0.6, 0.8], [0.01, 0.01, 0.01], [[1.0], [1.0], [1.0]], method="reml")
    >>> round(found.sigma2, 6), [round(one, 6) for one in found.value.tolist()]
    (0.03, [0.45, 0.6, 0.75])
    """
    if method not in get_args(Asked):
        raise BadInput(f"The 'method' parameter must be one of {', '.join(get_args(Asked))}. Got {method!r}.")
    areas = areas_of(value, variance, x, adjusted=method == "adjusted")
    labels = None if domains is None else tuple(domains)
    if labels is not None and len(labels) != len(areas.y):
        raise BadInput(f"The 'domains' parameter must have {len(areas.y)} labels. Got {len(labels)}.")
    chosen: Method = "reml" if method == "auto" else method
    found = unbounded(areas, method=chosen).value
    if method == "auto" and found == 0 and _can_adjust(areas):
        chosen, found = "adjusted", unbounded(areas, method="adjusted").value
    return at_variance(areas, found, method=chosen, domains=labels)


def areas_of(value: Any, variance: Any, x: Any, *, adjusted: bool = False) -> Areas:
    """Return the checked inputs of an area-level model."""
    y = numbers(value, name="value")
    if y.ndim != 1:
        raise BadInput(f"The 'value' parameter must have one dimension. Got {y.shape}.")
    psi = column(variance, n=len(y), name="variance")
    refuse(~np.isfinite(y), name="value", must="be finite")
    refuse(~((psi > 0) & np.isfinite(psi)), name="variance", must="be finite and above 0: smooth it first")
    matrix = _covariates(x, m=len(y))
    least = matrix.shape[1] + (2 if adjusted else 0)
    if len(y) <= least:
        raise TooFew(f"More than {least} areas are needed for {matrix.shape[1]} covariates. Got {len(y)}.")
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        raise Collinear("The 'x' parameter must have columns that aren't combinations of one another.")
    return Areas(y=y, psi=psi, x=matrix)


def _covariates(x: Any, *, m: int) -> Floats:
    matrix = numbers(x, name="x")
    if matrix.ndim != 2 or matrix.shape[0] != m or not matrix.shape[1]:
        raise BadInput(f"The 'x' parameter must have the shape ({m}, p) with p ≥ 1. Got {matrix.shape}.")
    broken: Bools = ~np.isfinite(matrix)
    refuse(np.asarray(broken.any(axis=1)), name="x", must="be finite")
    return matrix


def _can_adjust(areas: Areas) -> bool:
    m, p = areas.x.shape
    return bool(m >= ENOUGH_TO_ADJUST and m > p + 2)


def at_variance(
    areas: Areas, variance: float, *, method: Method, domains: tuple[Hashable, ...] | None = None
) -> FayHerriot:
    """Return the figures of the areas at a variance of their effects that `method` found."""
    fit = given(areas, variance)
    gamma = variance * fit.weight
    m, p = areas.x.shape
    loglik = (float(np.log(fit.weight).sum()) - fit.misfit - m * math.log(2 * math.pi)) / 2
    return FayHerriot(
        value=frozen(areas.y - (1 - gamma) * fit.residual),
        mse=frozen(_mse(areas, fit, variance, method=method)),
        shrinkage=frozen(gamma),
        direct=frozen(areas.y),
        beta=frozen(fit.beta),
        beta_se=frozen(np.sqrt(np.diag(fit.inverse))),
        sigma2=variance,
        loglik=loglik,
        aic=2 * (p + 1) - 2 * loglik,
        method=method,
        domains=domains,
    )


def _mse(areas: Areas, fit: Given, variance: float, *, method: Method) -> Floats:
    """Return the noise left, the error of β, and twice that of the variance, less the bias of the first."""
    rest = 1 - variance * fit.weight
    leverage = np.einsum("ij,jk,ik->i", areas.x, fit.inverse, areas.x)
    spread, bias = _of_variance(areas, fit, method=method)
    out: Floats = (
        variance * fit.weight * areas.psi
        + rest**2 * leverage
        + 2 * rest**2 * fit.weight * spread
        - bias * rest**2
    )
    return out


def _of_variance(areas: Areas, fit: Given, *, method: Method) -> tuple[float, float]:
    """Return the asymptotic variance and bias of the variance found."""
    one, two = float(fit.weight.sum()), float(fit.weight @ fit.weight)
    if method == "moments":
        m = len(areas.y)
        return 2 * m / one**2, 2 * (m * two - one**2) / one**3
    bias = -float((fit.inverse * squared(areas, fit)).sum()) / two if method == "ml" else 0.0
    return 2 / two, bias
