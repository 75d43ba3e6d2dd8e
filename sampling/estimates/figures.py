"""Figures and their scores: the sums whose variance is that of the figure, for one domain or for many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.designs.arrays import Floats, added, frozen
from sampling.designs.layout import Layout
from sampling.errors import BadInput, TooFew, named
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.estimates.limiting import Counts
from sampling.estimates.linearisation import covariance, domain_covariance, variances
from sampling.estimates.lonely import Rules

Deff = Literal["wor", "wr"]

EQUAL = 1e-9
"""Weights and sizes count as equal, or as whole numbers, to this share."""


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure of each domain (D,) and its scores `u` (m,).

    `residual` (m,) and `scale` (D,) give its variance in a simple random sample: scale² times that of the
    residual's mean; `weight` (D,) is Σw. A combination of figures has none of these.
    """

    value: Floats
    u: Floats
    residual: Floats | None = None
    scale: Floats | None = None
    weight: Floats | None = None


def total_of(at: Layout, w: Floats, y: Floats) -> Figure:
    """Return the totals Σwy; their scores are w·y, not centred."""
    u = w * y
    held, value = at.sums(w), at.sums(u)
    return Figure(value, u, y - at.over_rows(value / held), held, held)


def fraction_of(at: Layout, w: Floats, y: Floats, *, over: Floats | float = 1.0) -> Figure:
    """Return r = Σwy/Σwx, x being `over`: the mean where it is 1; its scores are w(y - r x)/Σwx.

    Raises BadInput for a domain where x sums to 0.
    """
    one = isinstance(over, float) and over == 1
    below = w if one else w * over
    held = at.sums(below)
    nought = [at.levels[d] for d in np.flatnonzero(held == 0)]
    if nought:
        raise BadInput(f"The 'over' parameter sums to 0 in the domain {named(nought)}.", items=nought)
    shift = _shift(y, over)
    less = y - shift * over
    u = w * less
    beyond = at.sums(u) / held
    less -= at.over_rows(beyond) if one else at.over_rows(beyond) * over
    np.multiply(w, less, out=u)
    u /= at.over_rows(held)
    whole = held if one else at.sums(w)
    return Figure(shift + beyond, u, less, whole / held, whole)


def variance_of(at: Layout, w: Floats, y: Floats) -> Figure:
    """Return the variances Σw(y - ȳ)²/Σw · n/(n - 1) in the population, n being rows with weight.

    Raises TooFew for a domain of one row.
    """
    few = [at.levels[d] for d in np.flatnonzero(at.n < 2)]
    if few:
        raise TooFew(f"variance refused: one row has no variance, in the domain {named(few)}.", items=few)
    apart = y - _shift(y, 1.0)
    apart -= at.over_rows(at.sums(w * apart) / at.sums(w))
    return fraction_of(at, w, apart**2 * at.over_rows(at.n / (at.n - 1)))


def _shift(y: Floats, over: Floats | float) -> float:
    """A whole number near the fraction of all rows, as they stand.

    Taken off first, a large constant in y takes no digits from the differences; and whole numbers keep the
    fractions of scores and of 0 and 1 exact.
    """
    whole = float(np.mean(over))
    return float(np.round(float(np.mean(y)) / whole)) if whole else 0.0


def design_effect(at: Layout, figure: Figure, variance: Floats, *, deff: Deff) -> Floats:
    """Return the variance over that of a simple random sample of as many rows (D,); NaN where that is 0.

    "wor": drawn without replacement from Σw units; "wr": with replacement.
    """
    if figure.residual is None or figure.scale is None or figure.weight is None:
        return np.full(at.size, np.nan)
    held, n = figure.weight, at.n
    with np.errstate(divide="ignore", invalid="ignore"):
        # u is w × residual × scale / Σw.
        squares = at.sums(figure.residual * figure.u) / (n - 1)
        simple = figure.scale * squares * (1 - n / held if deff == "wor" else 1.0)
        return np.where(simple > 0, variance / simple, np.nan)


def counts_of(at: Layout, w: Floats, y: Floats) -> Counts:
    """Return successes, rows and population (D,) of domains drawn singly and evenly from one stratum.

    N is that of the stratum's frame even where the domain is but a part of it, on the cautious side. n and N
    are 0 where the domain has several strata, clusters, unequal weights, or no known whole number of units.
    """
    alone = at.strata == 1
    clustered = at.unit is not None and at.structure.psus < len(at.structure.strata.codes)
    if clustered or at.further is not None or not alone.any():
        nought = frozen(np.zeros(at.size, dtype=np.int64))
        return Counts(nought, nought, nought)
    some, frame = np.zeros(at.size), np.zeros(at.size)
    some[at.domain] = w
    frame[at.cell_domain] = at.structure.frame[at.cell_stratum]
    unequal = at.sums((np.abs(w - at.over_rows(some)) > EQUAL * np.abs(w)).astype(np.float64))
    frame[np.isinf(frame)] = 0.5
    N = np.round(frame)
    known = alone & (unequal == 0) & (np.abs(frame - N) <= EQUAL * frame)
    k, n, N = (np.where(known, values, 0) for values in (at.sums(y), at.n, N))
    return Counts(*(frozen(values.astype(np.int64)) for values in (k, n, N)))


def domain_estimates(
    at: Layout,
    figure: Figure,
    *,
    rules: Rules,
    kind: str,
    deff: Deff = "wor",
    counts: Counts | None = None,
) -> DomainEstimates:
    """Return a figure of every domain with its standard error."""
    variance = variances(at, figure.u, by=rules)
    return DomainEstimates(
        value=frozen(figure.value),
        se=frozen(np.sqrt(variance)),
        df=frozen(at.df),
        deff=frozen(design_effect(at, figure, variance, deff=deff)),
        n=frozen(at.n),
        domains=at.levels,
        kind=kind,
        counts=counts,
        fraction=frozen(_fraction(at)),
    )


def _fraction(at: Layout) -> Floats:
    """How much of its population each domain's rows are (D,): n over Σ 1/f of the rows."""
    stage = at
    while stage.further is not None:
        stage = stage.further
    drawn = (stage.structure.share * (1 - stage.structure.left))[stage.cell_stratum]
    with np.errstate(divide="ignore"):
        stood_for = added(stage.cell_domain, stage.rows_in_cell / drawn, size=at.size)
    out: Floats = at.n / stood_for
    return out


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
        counts=first[first.domains[0]].counts if flat else None,
        fraction=first[first.domains[0]].fraction,
    )


def column_covariance(at: Layout, figures: Sequence[Figure], *, rules: Rules) -> Floats:
    """Return the covariance (k, k) of the columns' figures over the only domain."""
    return frozen(covariance(at, np.column_stack([figure.u for figure in figures]), by=rules))


def between_domains(at: Layout, figure: Figure, *, rules: Rules, lonely_domains: bool) -> Floats:
    """Return the covariance (D, D) of a figure between domains."""
    return frozen(domain_covariance(at, figure.u, by=rules, lonely_domains=lonely_domains))
