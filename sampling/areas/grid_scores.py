"""Scores of many small grids: smoothed variances, a model chosen by their number, bands, reliability."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from sampling.areas.area_fit import Areas, Variance, within
from sampling.areas.small_area import FayHerriot, areas_of, at_variance
from sampling.designs.arrays import Bools, Floats, added, column, frozen, numbers, refuse
from sampling.errors import BadInput, TooFew

ADJUSTED_FROM = 30
MODEL_FROM = 12
SPARE = 8
"""Grids there must be beyond the coefficients."""
SHARES = (0.05, 0.95)
"""A predicted share outside these says too little about a variance."""
ODDS = 0.15
"""Log-odds by which those who didn't answer may differ: an assumption."""
BETWEEN = 0.0064
"""Variance of grids' true shares within a type, to plan by before any wave was fitted."""
WORTH = 10.0
"""Ratings that the city's mean counts for beside a grid's own."""


@dataclass(frozen=True, slots=True, eq=False)
class GridScores:
    """Scores of m grids, each (m,): `direct` figure, `value` shrunken, and `gamma`, the weight of the direct.

    `psi` is the smoothed variance of the direct figure, `mse` that of `value`; `low`, `high` its interval,
    and `band_low`, `band_high` the wider one that allows for hidden nonresponse. `gamma_decision` is γ at the
    smaller of the two variances found: below ½ no consequence may follow. `type_mean` is the mean of the
    values of the grid's type by population, `below` whether the band lies below it. `at_bound` tells that no
    difference between grids was found beyond x, `collapsed` that the adjusted fit was refused.
    """

    direct: Floats
    psi: Floats
    value: Floats
    mse: Floats
    gamma: Floats
    gamma_decision: Floats
    low: Floats
    high: Floats
    band_low: Floats
    band_high: Floats
    type_mean: Floats
    below: Bools
    beta: Floats
    sigma2: float
    sigma2_reml: float
    sigma2_adjusted: float
    method: Literal["adjusted", "reml"]
    at_bound: bool
    collapsed: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Fits:
    shipped: FayHerriot
    adjusted: Variance
    reml: Variance
    psi: Floats


def grid_scores(
    direct: Any,
    n_eff: Any,
    population: Any,
    types: Sequence[Hashable],
    *,
    covariates: Any = None,
    response_rate: float | Floats = 1.0,
    odds: float = ODDS,
    level: float = 0.95,
) -> GridScores:
    """Return the scores of m grids from their direct shares, in two passes of an area-level model.

    `direct` (m,) are weighted shares, `n_eff` (m,) > 0 what their answers are worth, `population` (m,) the
    units they stand for, above n_eff; `types` (m,) give each type its own constant, `covariates` (m, q) enter
    beside them, standardised by the caller. `response_rate` is one number or (m,), `odds` the assumption of
    the band. Pass 1 smooths the variances by the share of the type, pass 2 by what pass 1 predicts.

    Raises TooFew below 12 grids or 8 beyond the number of coefficients: only direct figures should be shown.
    Raises BadInput and Collinear as `fay_herriot` does.
    Formulas (38) to (45) of method.md.

    >>> direct = [0.9, 0.7, 0.5, 0.8] * 3
    >>> found = grid_scores(direct, [10.0] * 12, [300.0] * 12, ["estate"] * 12)
    >>> found.method, found.value[:4].round(3).tolist(), found.gamma[:2].round(3).tolist()
    ('reml', [0.759, 0.72, 0.682, 0.739], [0.192, 0.192])
    """
    p, worth, size = _inputs(direct, n_eff, population)
    code, x = _design(types, covariates, m=len(p))
    if not 0 < level < 1:
        raise BadInput(f"The 'level' parameter must lie between 0 and 1. Got {level!r}.")
    first = smoothed(_mixed(_of_type(p, worth, code)), worth, size)
    before = _fitted(areas_of(p, first, x))
    shares = np.clip(x @ before.shipped.beta, *SHARES)
    fits = _fitted(areas_of(p, smoothed(shares, worth, size), x))
    value = np.clip(fits.shipped.value, 0, 1)
    wider = band(value, response_rate, odds=odds)
    limits = _limits(value, fits, wider, z=NormalDist().inv_cdf((1 + level) / 2))
    return _scores(p, value, fits, limits, type_mean=_of_type(value, size, code))


def _limits(value: Floats, fits: _Fits, wider: Floats, *, z: float) -> Floats:
    """Return the limits without and with the band, each cut to 0 to 1, (4, m): low, high, low, high."""
    half = z * np.sqrt(fits.shipped.mse)
    low, high = np.clip(value - half, 0, 1), np.clip(value + half, 0, 1)
    return np.array([low, high, np.clip(low - wider, 0, 1), np.clip(high + wider, 0, 1)])


def _scores(p: Floats, value: Floats, fits: _Fits, limits: Floats, *, type_mean: Floats) -> GridScores:
    least = min(fits.adjusted.value, fits.reml.value)
    adjusted = fits.shipped.method == "adjusted"
    low, high, band_low, band_high = (frozen(limit.copy()) for limit in limits)
    return GridScores(
        direct=frozen(p),
        psi=frozen(fits.psi),
        value=frozen(value),
        mse=fits.shipped.mse,
        gamma=fits.shipped.shrinkage,
        gamma_decision=frozen(least / (least + fits.psi)),
        low=low,
        high=high,
        band_low=band_low,
        band_high=band_high,
        type_mean=frozen(type_mean),
        below=frozen(band_high < type_mean),
        beta=fits.shipped.beta,
        sigma2=fits.shipped.sigma2,
        sigma2_reml=fits.reml.value,
        sigma2_adjusted=fits.adjusted.value,
        method="adjusted" if adjusted else "reml",
        at_bound=(fits.adjusted if adjusted else fits.reml).at == "lower",
        collapsed=not adjusted and len(p) >= ADJUSTED_FROM,
    )


def _inputs(direct: Any, n_eff: Any, population: Any) -> tuple[Floats, Floats, Floats]:
    p = numbers(direct, name="direct")
    if p.ndim != 1:
        raise BadInput(f"The 'direct' parameter must have one dimension. Got {p.shape}.")
    worth, size = column(n_eff, n=len(p), name="n_eff"), column(population, n=len(p), name="population")
    refuse(~((p >= 0) & (p <= 1)), name="direct", must="lie between 0 and 1")
    refuse(~(worth > 0), name="n_eff", must="be above 0: grids without answers stay out")
    refuse(~((size > worth) & np.isfinite(size)), name="population", must="be finite and above n_eff")
    return p, worth, size


def _design(types: Sequence[Hashable], covariates: Any, *, m: int) -> tuple[Any, Floats]:
    """Return the code of each grid's type (m,), and a constant for each type beside the covariates."""
    if len(types) != m:
        raise BadInput(f"The 'types' parameter must have {m} labels. Got {len(types)}.")
    names = {label: at for at, label in enumerate(sorted(set(types)))}  # type: ignore[type-var]
    code = np.array([names[label] for label in types], dtype=np.int64)
    more = np.zeros((m, 0)) if covariates is None else numbers(covariates, name="covariates")
    if more.ndim != 2 or len(more) != m:
        raise BadInput(f"The 'covariates' parameter must have the shape ({m}, q). Got {more.shape}.")
    x = np.column_stack([np.eye(len(names))[code], more])
    if m < MODEL_FROM or m - x.shape[1] < SPARE:
        raise TooFew(
            f"A model needs {MODEL_FROM} grids, and {SPARE} beyond its coefficients. "
            f"Got {m} and {x.shape[1]} coefficients."
        )
    return code, x


def _of_type(value: Floats, weight: Floats, code: Any) -> Floats:
    """Return for each grid (m,) the weighted mean of its type."""
    size = int(code.max()) + 1
    means = added(code, weight * value, size=size) / added(code, weight, size=size)
    of_each: Floats = means[code]
    return of_each


def _mixed(share: Floats) -> Floats:
    """Return shares none of which is 0 or 1: a type whose answers all agree has a variance nevertheless."""
    return np.where((share > 0) & (share < 1), share, np.clip(share, *SHARES))


def smoothed(share: Any, n_eff: Any, population: Any) -> Floats:
    """Return the variances s(1 - s)/n_eff·(1 - n_eff/N) of shares predicted to be s; all broadcast.

    Formula (39) of method.md.

    >>> round(float(smoothed(0.5, 10, 1000)), 6)
    0.02475
    """
    s, worth, size = (np.asarray(one, dtype=np.float64) for one in (share, n_eff, population))
    out: Floats = s * (1 - s) / worth * (1 - worth / size)
    return out


def _fitted(areas: Areas) -> _Fits:
    """Return the fit the number of grids calls for; an adjusted variance at its upper bound is refused."""
    spread = max(float(np.var(areas.y)), float(np.finfo(np.float64).tiny) ** 0.5)
    low, high = 1e-4 * spread, 2 * spread
    adjusted = within(areas, method="adjusted", low=low, high=high)
    reml = within(areas, method="reml", low=low, high=high)
    if len(areas.y) >= ADJUSTED_FROM and adjusted.at != "upper":
        return _Fits(at_variance(areas, adjusted.value, method="adjusted"), adjusted, reml, areas.psi)
    return _Fits(at_variance(areas, reml.value, method="reml"), adjusted, reml, areas.psi)


def band(value: Any, response_rate: Any, *, odds: float = ODDS) -> Floats:
    """Return how far (m,) hidden nonresponse may move shares: (1 - r)·odds·θ(1 - θ); all broadcast.

    `odds` is the difference in log-odds between those who answered and those of the same class who didn't.
    Formula (44) of method.md.

    >>> float(band(0.63, 0.25).round(8))
    0.02622375
    """
    theta, rate = numbers(value, name="value"), numbers(response_rate, name="response_rate")
    for name, given in (("value", theta), ("response_rate", rate)):
        refuse(np.ravel(~((given >= 0) & (given <= 1))), name=name, must="lie between 0 and 1")
    if not (math.isfinite(odds) and odds >= 0):
        raise BadInput(f"The 'odds' parameter must be finite and at least 0. Got {odds!r}.")
    out: Floats = np.asarray((1 - rate) * odds * theta * (1 - theta))
    return out


def gamma(sigma2: float, share: float, n: float, *, deff: float = 1.0) -> float:
    """Return the weight that n answers give a direct figure, A/(A + deff·s(1 - s)/n).

    Formula (45) of method.md.

    >>> round(gamma(0.0064, 0.63, 10, deff=1.15), 6)
    0.192733
    """
    _checked(sigma2, share, deff)
    if not n > 0:
        raise BadInput(f"The 'n' parameter must be above 0. Got {n!r}.")
    return sigma2 / (sigma2 + deff * share * (1 - share) / n)


def n_needed(sigma2: float, share: float, *, deff: float = 1.0, gamma: float = 0.5) -> int:
    """Return the least number of answers, 1 or more, that give a direct figure the weight `gamma`.

    Formula (46) of method.md.

    >>> n_needed(0.0064, 0.63, deff=1.15)
    42
    """
    _checked(sigma2, share, deff)
    if not 0 < gamma < 1:
        raise BadInput(f"The 'gamma' parameter must lie between 0 and 1. Got {gamma!r}.")
    return max(1, math.ceil(deff * share * (1 - share) / sigma2 * gamma / (1 - gamma) * (1 - 1e-12)))


def _checked(sigma2: float, share: float, deff: float) -> None:
    for name, given in (("sigma2", sigma2), ("deff", deff)):
        if not (given > 0 and math.isfinite(given)):
            raise BadInput(f"The {name!r} parameter must be finite and above 0. Got {given!r}.")
    if not 0 <= share <= 1:
        raise BadInput(f"The 'share' parameter must lie between 0 and 1. Got {share!r}.")


def qr_shrink(satisfied: Any, n: Any, city_mean: float, *, worth: float = WORTH) -> Floats:
    """Return the shares of ratings (m,), each drawn to the city's mean as if `worth` more people had rated.

    For the column est_monitor only: who rates is a matter of choice, and the mean of ratings measures nobody.
    Formula (47) of method.md.

    >>> float(qr_shrink(3, 3, 0.7).round(6))
    0.769231
    """
    rated, yes = numbers(n, name="n"), numbers(satisfied, name="satisfied")
    refuse(np.ravel(~((rated >= 0) & np.isfinite(rated))), name="n", must="be finite and at least 0")
    refuse(np.ravel(~((yes >= 0) & (yes <= rated))), name="satisfied", must="lie between 0 and n")
    if not 0 <= city_mean <= 1 or not worth > 0:
        raise BadInput("The 'city_mean' must lie between 0 and 1 and 'worth' be above 0.")
    out: Floats = np.asarray((yes + worth * city_mean) / (rated + worth))
    return out


def standardised(values: Any) -> Floats:
    """Return a covariate (m,) less its mean, over its population standard deviation; BadInput if constant."""
    given = numbers(values, name="values")
    spread = float(given.std()) if given.ndim == 1 and given.size else 0.0
    if not (spread > 0 and math.isfinite(spread)):
        raise BadInput("The 'values' parameter must be finite numbers that differ.")
    out: Floats = (given - given.mean()) / spread
    return out
