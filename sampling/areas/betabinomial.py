"""Small areas by counts: shares drawn towards those of their group by a beta distribution fitted to it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, column, frozen, numbers, refuse
from sampling.errors import BadInput, NotConverged, TooFew

STEPS = 200
FLAT = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class BetaBinomial:
    """Posterior shares of m areas whose true shares are Beta(a, b) within their group.

    `value`, `low`, `high` (m,) are the posterior mean and its limits, `shrinkage` (m,) the weight of an
    area's own share, `direct` (m,) that share (the posterior mean where nobody was asked): print the three
    together. `a`, `b`, `loglik` are numbers, or with groups (G,) in the order of the sorted labels `groups`;
    `loglik` is without the binomial coefficients.
    """

    a: float | Floats
    b: float | Floats
    value: Floats
    low: Floats
    high: Floats
    shrinkage: Floats
    direct: Floats
    loglik: float | Floats
    groups: tuple[Hashable, ...] | None = None


@dataclass(frozen=True, slots=True)
class Prior:
    """A beta distribution and the likelihood it has."""

    a: float
    b: float
    loglik: float


def beta_binomial(
    k: Any, n: Any, *, groups: Sequence[Hashable] | None = None, level: float = 0.95
) -> BetaBinomial:
    """Return the shares of m areas with `k` (m,) successes among `n` (m,), shrunken within `groups` (m,).

    a and b maximise the beta-binomial likelihood of each group (Skellam 1948). An area's posterior is
    Beta(k + a, n - k + b). Weighted shares enter as k* = p·n_eff and n* = n_eff: k and n needn't be whole.

    Raises BadInput for a wrong shape, level or count; TooFew for a group whose likelihood has no finite
    maximum: its areas differ no more than chance alone makes them differ, or each is all or nothing.
    NotConverged after 200 steps.
    Formulas (36) and (37) of method.md.

    >>> found = beta_binomial([1, 4, 9, 5], [10, 10, 10, 10])
    >>> [round(one, 3) for one in found.value.tolist()]
    [0.191, 0.419, 0.799, 0.495]
    """
    if not 0 < level < 1:
        raise BadInput(f"The 'level' parameter must lie between 0 and 1. Got {level!r}.")
    asked = numbers(n, name="n")
    if asked.ndim != 1 or not asked.size:
        raise BadInput(f"The 'n' parameter must have one dimension and an area. Got {asked.shape}.")
    yes = column(k, n=len(asked), name="k")
    refuse(~((asked >= 0) & np.isfinite(asked)), name="n", must="be finite and at least 0")
    refuse(~((yes >= 0) & (yes <= asked)), name="k", must="lie between 0 and n")
    labels = [0] * len(asked) if groups is None else list(groups)
    if len(labels) != len(asked):
        raise BadInput(f"The 'groups' parameter must have {len(asked)} labels. Got {len(labels)}.")
    names = tuple(sorted(set(labels)))  # type: ignore[type-var]
    code = np.array([names.index(label) for label in labels])
    priors = [_prior(yes[code == at], asked[code == at], label=name) for at, name in enumerate(names)]
    return _posterior(yes, asked, code, priors, level=level, groups=None if groups is None else names)


def _posterior(
    k: Floats, n: Floats, code: Any, priors: list[Prior], *, level: float, groups: tuple[Hashable, ...] | None
) -> BetaBinomial:
    from scipy.special import betaincinv  # noqa: PLC0415 - importing sampling must not import scipy

    a, b, loglik = (np.array(column) for column in zip(*((p.a, p.b, p.loglik) for p in priors), strict=True))
    up, down = k + a[code], n - k + b[code]
    value = up / (up + down)
    single = groups is None
    return BetaBinomial(
        a=float(a[0]) if single else frozen(a),
        b=float(b[0]) if single else frozen(b),
        value=frozen(value),
        low=frozen(betaincinv(up, down, (1 - level) / 2)),
        high=frozen(betaincinv(up, down, (1 + level) / 2)),
        shrinkage=frozen(n / (n + a[code] + b[code])),
        direct=frozen(np.divide(k, n, out=value.copy(), where=n > 0)),
        loglik=float(loglik[0]) if single else frozen(loglik),
        groups=groups,
    )


def _prior(k: Floats, n: Floats, *, label: Hashable) -> Prior:
    """Return the beta distribution of the highest likelihood, by Newton's steps on the log scale."""
    if not _differ(k, n):
        raise TooFew(
            f"No beta distribution fits the areas of group {label!r} best: they differ no more than "
            "by chance, or each is all or nothing.",
            items=[label],
        )
    at = np.zeros(2)
    for _ in range(STEPS):
        slope, bend = _slopes(k, n, at)
        if np.abs(slope).max() <= FLAT * max(1.0, float(n.sum())):
            return Prior(a=float(np.exp(at[0])), b=float(np.exp(at[1])), loglik=_loglik(k, n, at))
        at = _uphill(k, n, at, slope, bend)
    raise NotConverged(
        f"The beta distribution of group {label!r} isn't found in {STEPS} steps.", items=[label]
    )


def _differ(k: Floats, n: Floats) -> bool:
    """Tell whether the likelihood rises as areas begin to differ (Tarone 1979), and one of them is mixed."""
    total, yes = float(n.sum()), float(k.sum())
    if not 0 < yes < total or not ((k > 0) & (k < n)).any():
        return False
    share = yes / total
    pairs = k * (k - 1) / share + (n - k) * (n - k - 1) / (1 - share) - n * (n - 1)
    return float(pairs.sum()) > FLAT * total


def _loglik(k: Floats, n: Floats, at: Floats) -> float:
    from scipy.special import betaln  # noqa: PLC0415

    a, b = np.exp(at)
    return float((betaln(k + a, n - k + b) - betaln(a, b)).sum())


def _slopes(k: Floats, n: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Return the gradient (2,) and Hessian (2, 2) of the log-likelihood by ln a and ln b."""
    from scipy.special import digamma, polygamma  # noqa: PLC0415

    a, b = np.exp(at)
    both = digamma(n + a + b) - digamma(a + b)
    slope: Floats = np.array([a, b]) * [
        (digamma(k + a) - digamma(a) - both).sum(),
        (digamma(n - k + b) - digamma(b) - both).sum(),
    ]
    joint = float((polygamma(1, a + b) - polygamma(1, n + a + b)).sum())
    own = np.array(
        [
            (polygamma(1, k + a) - polygamma(1, a)).sum(),
            (polygamma(1, n - k + b) - polygamma(1, b)).sum(),
        ]
    )
    bend: Floats = (np.diag(own) + joint) * np.outer([a, b], [a, b]) + np.diag(slope)
    return slope, bend


def _uphill(k: Floats, n: Floats, at: Floats, slope: Floats, bend: Floats) -> Floats:
    """Return a better place: Newton's step, shortened by a ridge while the likelihood doesn't rise by it."""
    ridge = max(0.0, 1.1 * float(np.linalg.eigvalsh(bend)[-1]) + 1e-9)
    here = _loglik(k, n, at)
    slack = 1e-13 * abs(here)
    while True:
        step = np.asarray(np.linalg.solve(ridge * np.eye(2) - bend, slope), dtype=np.float64)
        if np.abs(step).max() < 2 and _loglik(k, n, at + step) >= here - slack:
            return at + step
        ridge = max(2 * ridge, 1e-3 * float(np.abs(bend).max()))
