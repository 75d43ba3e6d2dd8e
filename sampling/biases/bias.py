"""The bias of a list of supplied respondents, measured by one random sample of listed and unlisted alike.

What else is known of bias stands beside it: of a reported score, of answers asked for again, of a city's
lists, of data that nobody drew, of those who chose to answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sampling.biases.defect import Ddc, ddc, detectable
from sampling.biases.distortion import (
    CityDistortion,
    Difference,
    Distortion,
    city_distortion,
    distorted_share,
    reported,
)
from sampling.biases.list_strata import ListStrata, list_strata
from sampling.biases.self_selected import Combined, combine, self_selection
from sampling.comparing.multiple import adjust
from sampling.designs.arrays import Bools, Floats, flags, frozen, numbers
from sampling.designs.columns import columns
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import Layout, layout
from sampling.errors import BadInput, NotIdentified, named
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.estimates.estimators import mean
from sampling.estimates.figures import Figure, domain_estimates, fraction_of, joined
from sampling.estimates.lonely import rules

__all__ = [
    "CityDistortion",
    "Combined",
    "Ddc",
    "Difference",
    "Distortion",
    "ListBias",
    "ListStrata",
    "city_distortion",
    "combine",
    "ddc",
    "detectable",
    "distorted_share",
    "list_strata",
    "listed",
    "reported",
    "self_selection",
]

Figures = Estimate | DomainEstimates


@dataclass(frozen=True, slots=True, eq=False)
class ListBias:
    """What a score would be wrong by, were only the listed asked; per domain if domains were asked for.

    `bias` is the mean of the listed less that of all, `difference` that of the listed less the unlisted,
    `coverage` the listed share of the population; bias = (1 - coverage)·difference. `ddc` is the correlation
    between being listed and the answer, `n_eff` how many answers of a simple random sample the whole list is
    worth (Meng 2018). `q_value` (D,) is the two-sided p-value of the bias, adjusted for the number of domains
    (Benjamini and Hochberg 1995); None without domains.
    """

    bias: Figures
    difference: Figures
    coverage: Figures
    mean_all: Figures
    mean_listed: Figures
    mean_unlisted: Figures
    ddc: float | Floats
    n_eff: float | Floats
    q_value: Floats | None


def listed(design: SurveyDesign, y: Any, listed: Any, *, coverage: Any = None, by: Any = None) -> ListBias:
    """Return the bias of the list that `listed` (n,) marks, for the answers `y` (n,).

    `coverage` is the listed share known from list and frame, strictly between 0 and 1: one number, or a
    mapping domain → share. It makes the bias (1 - c)(ȳ_L - ȳ_U) with c exact, and the mean of all
    c ȳ_L + (1 - c) ȳ_U. Without it c is estimated: the bias is ȳ_L - ȳ, with the scores
    w[L(y - ȳ_L)/W_L - (y - ȳ)/W]. Formula (48) of method.md.

    Raises NotIdentified where a domain of the sample has no listed or no unlisted row; BadInput, EmptyDomain
    and LonelyStratum as `mean` does.

    >>> design = SurveyDesign([10, 10, 10, 10, 10, 10])
    >>> found = listed(design, [1, 1, 0, 1, 0, 0], [1, 1, 0, 0, 0, 0], coverage=0.3)
    >>> round(found.bias.value, 3), round(found.mean_all.value, 3)
    (0.525, 0.475)
    """
    data = columns(design, y, over=None, missing="refuse", single=True)
    on_list = flags(listed, n=design.n, name="listed")
    at = layout(design, by=by)
    w, chosen, answers = at.take(design.weights), at.take(on_list), at.take(data.y[:, 0])
    _refuse_unidentified(at, w, chosen)
    parts = _parts(at, w, answers, chosen, known=_known(coverage, levels=at.levels))
    found = rules(at, lonely=design.lonely, lonely_domains=False)
    made = {name: domain_estimates(at, one, rules=found, kind=name) for name, one in parts.items()}
    defect = _ddc(at, w, answers, bias=made["bias"].value, share=made["coverage"].value)
    worth = _worth(defect, share=made["coverage"].value)
    shown = made if by is not None else {name: joined([one], flat=True) for name, one in made.items()}
    return ListBias(
        **shown,
        mean_listed=mean(design.subset(on_list), y, by=by),
        mean_unlisted=mean(design.subset(~on_list), y, by=by),
        ddc=float(defect[0]) if by is None else defect,
        n_eff=float(worth[0]) if by is None else worth,
        q_value=None if by is None else adjust(_two_sided(made["bias"])),
    )


def _refuse_unidentified(at: Layout, w: Floats, chosen: Bools) -> None:
    on, off = at.sums(w * chosen), at.sums(w * ~chosen)
    bad = [at.levels[d] for d in np.flatnonzero((on == 0) | (off == 0))]
    if bad:
        text = f"listed refused: no listed or no unlisted row is in the domain {named(bad)}."
        raise NotIdentified(text, items=bad)


def _known(coverage: Any, *, levels: tuple[Hashable, ...]) -> Floats | None:
    if coverage is None:
        return None
    if isinstance(coverage, Mapping):
        unknown = sorted(set(levels) ^ set(coverage), key=repr)
        if unknown:
            text = f"The 'coverage' parameter must name exactly the domains. See {named(unknown)}."
            raise BadInput(text, items=unknown)
        coverage = [coverage[level] for level in levels]
    share = numbers(coverage, name="coverage")
    if share.shape not in {(), (len(levels),)} or not ((share > 0) & (share < 1)).all():
        raise BadInput(f"The 'coverage' parameter must lie strictly between 0 and 1. Got {coverage!r}.")
    return np.broadcast_to(share, (len(levels),))


def _parts(at: Layout, w: Floats, y: Floats, chosen: Bools, *, known: Floats | None) -> dict[str, Figure]:
    on, off = fraction_of(at, w * chosen, y), fraction_of(at, w * ~chosen, y)
    apart = _combined(at, on, off, times=(np.ones(at.size), -np.ones(at.size)))
    if known is None:
        whole, share = fraction_of(at, w, y), fraction_of(at, w, chosen.astype(np.float64))
        bias = Figure(on.value - whole.value, on.u - whole.u)
    else:
        whole = _combined(at, on, off, times=(known, 1 - known))
        share = Figure(known.copy(), np.zeros_like(w))
        bias = _combined(at, on, off, times=(1 - known, known - 1))
    return {"bias": bias, "difference": apart, "coverage": share, "mean_all": whole}


def _combined(at: Layout, on: Figure, off: Figure, *, times: tuple[Floats, Floats]) -> Figure:
    a, b = times
    return Figure(a * on.value + b * off.value, a[at.domain] * on.u + b[at.domain] * off.u)


def _ddc(at: Layout, w: Floats, y: Floats, *, bias: Floats, share: Floats) -> Floats:
    """Correlation of listing and answer that gives this bias; NaN where the answers don't differ."""
    apart = y - fraction_of(at, w, y).value[at.domain]
    sigma = np.sqrt(at.sums(w * apart**2) / at.sums(w))
    with np.errstate(divide="ignore", invalid="ignore"):
        return frozen(bias / sigma * np.sqrt(share / (1 - share)))


def _worth(defect: Floats, *, share: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return frozen(share / (1 - share) / defect**2)


def _two_sided(bias: DomainEstimates) -> Floats:
    """p-values of no bias (D,); 1 where no degree of freedom can tell."""
    from scipy.special import stdtr  # noqa: PLC0415 - numpy alone at import

    told = (bias.df >= 1) & ((bias.se > 0) | (bias.value != 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(told, -np.abs(bias.value / bias.se), 0.0)
    p: Floats = 2 * stdtr(np.maximum(bias.df, 1), size)
    return np.minimum(p, 1.0)
