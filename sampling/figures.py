"""Figures and their scores: the sums whose variance is that of the figure, for one domain or for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.arrays import Floats, frozen
from sampling.errors import BadInput, named
from sampling.estimates import DomainEstimates, Estimate
from sampling.layout import Layout
from sampling.linearisation import Rules, covariance, domain_covariance, variances

Deff = Literal["wor", "wr"]


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure of each domain (D,) and its scores `u` (m,).

    `residual` (m,) and `scale` (D,) give its variance in a simple random sample: scale² times that of the
    residual's mean. A combination of figures has none.
    """

    value: Floats
    u: Floats
    residual: Floats | None = None
    scale: Floats | None = None


def total_of(at: Layout, w: Floats, y: Floats) -> Figure:
    """Return the totals Σwy; their scores are w·y, not centred."""
    held, value = at.sums(w), at.sums(w * y)
    return Figure(value, w * y, y - (value / held)[at.domain], held)


def fraction_of(at: Layout, w: Floats, y: Floats, *, over: Floats | float = 1.0) -> Figure:
    """Return r = Σwy/Σwx, x being `over`: the mean where it is 1; its scores are w(y - r x)/Σwx.

    Raises BadInput for a domain where x sums to 0.
    """
    held = at.sums(w * over)
    nought = [at.levels[d] for d in np.flatnonzero(held == 0)]
    if nought:
        raise BadInput(f"The 'over' parameter sums to 0 in the domain {named(nought)}.", items=nought)
    shift = _shift(w * y, w * over)
    less = y - shift * over
    beyond = at.sums(w * less) / held
    residual = less - beyond[at.domain] * over
    return Figure(shift + beyond, w * residual / held[at.domain], residual, at.sums(w) / held)


def _shift(above: Floats, below: Floats) -> float:
    """A whole number near the fraction of all rows.

    Taken off first, a large constant in y takes no digits from the differences; and whole numbers keep the
    fractions of scores and of 0 and 1 exact.
    """
    whole = float(below.sum())
    return float(np.round(above.sum() / whole)) if whole else 0.0


def design_effect(at: Layout, w: Floats, figure: Figure, variance: Floats, *, deff: Deff) -> Floats:
    """Return the variance over that of a simple random sample of as many rows (D,); NaN where that is 0.

    "wor": drawn without replacement from Σw units; "wr": with replacement.
    """
    if figure.residual is None or figure.scale is None:
        return np.full(at.size, np.nan)
    held, n = at.sums(w), at.n
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = at.sums(w * figure.residual**2) / held / (n - 1)
        simple = figure.scale**2 * squares * (1 - n / held if deff == "wor" else 1.0)
        return np.where(simple > 0, variance / simple, np.nan)


def domain_estimates(
    at: Layout, w: Floats, figure: Figure, *, rules: Rules, kind: str, deff: Deff = "wor"
) -> DomainEstimates:
    """Return a figure of every domain with its standard error."""
    variance = variances(at, figure.u, by=rules)
    return DomainEstimates(
        value=frozen(figure.value),
        se=frozen(np.sqrt(variance)),
        df=frozen(at.df),
        deff=frozen(design_effect(at, w, figure, variance, deff=deff)),
        n=frozen(at.n),
        domains=at.levels,
        kind=kind,
    )


def joined(parts: Sequence[DomainEstimates], *, flat: bool, vcov: Floats | None = None) -> Estimate:
    """Return the only domain's figures, one per column, as one estimate; `flat` makes them plain numbers."""

    def of(name: str) -> float | Floats:
        values = [float(getattr(part, name)[0]) for part in parts]
        return values[0] if flat else frozen(np.array(values))

    first = parts[0]
    return Estimate(
        value=of("value"),
        se=of("se"),
        df=int(first.df[0]),
        deff=of("deff"),
        n=int(first.n[0]),
        vcov=vcov,
        kind=first.kind,
    )


def column_covariance(at: Layout, figures: Sequence[Figure], *, rules: Rules) -> Floats:
    """Return the covariance (k, k) of the columns' figures over the only domain."""
    return frozen(covariance(at, np.column_stack([figure.u for figure in figures]), by=rules))


def between_domains(at: Layout, figure: Figure, *, rules: Rules, lonely_domains: bool) -> Floats:
    """Return the covariance (D, D) of a figure between domains."""
    return frozen(domain_covariance(at, figure.u, by=rules, lonely_domains=lonely_domains))
