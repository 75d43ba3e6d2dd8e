"""How many interviews a precision needs, and how many households must be issued to get them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from sampling.errors import BadInput, TooFew
from sampling.intervals.limits import z_quantile


@dataclass(frozen=True, slots=True)
class Size:
    """Completed interviews, and households to be issued for them; both whole."""

    completes: int
    issued: int


def mean(
    half_width: float,
    sd: float,
    *,
    N: float | None = None,
    deff: float = 1.0,
    response: float = 1.0,
    eligible: float = 1.0,
    level: float = 0.95,
) -> Size:
    """Return the size that gives a mean's interval this half-width, in the unit of `sd`.

    n₀ = z²·sd²·deff/e², n = n₀/(1 + n₀/N) in a population of `N`; issued n/(response·eligible); both rounded
    up. Formulas (13) and (15) of method.md; Cochran (1977), Sampling Techniques, section 4.6, equations (4.2)
    to (4.4). Raises BadInput for values that aren't positive and shares outside (0, 1], TooFew where more
    would be issued than there are.

    >>> mean(0.05, 0.5, response=0.5)
    Size(completes=385, issued=769)
    """
    _check_positive(half_width=half_width, sd=sd, deff=deff)
    needed = (z_quantile(level) * sd / half_width) ** 2 * deff
    return _size(needed, N=N, response=response, eligible=eligible)


def proportion(
    half_width: float,
    *,
    p: float = 0.5,
    N: float | None = None,
    deff: float = 1.0,
    response: float = 1.0,
    eligible: float = 1.0,
    level: float = 0.95,
) -> Size:
    """Return the size that gives a share near `p` this half-width: `mean` with sd = √(p(1 - p)).

    Cochran (1977), section 4.4. Raises as `mean`, and BadInput unless 0 < p < 1.

    >>> proportion(0.1, N=300)
    Size(completes=73, issued=73)
    """
    _check_shares(p=p)
    sd = math.sqrt(p * (1 - p))
    return mean(half_width, sd, N=N, deff=deff, response=response, eligible=eligible, level=level)


def difference(
    p1: float,
    p2: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    N: float | None = None,
    deff: float = 1.0,
    response: float = 1.0,
    eligible: float = 1.0,
    level: float = 0.95,
) -> Size:
    """Return the size of the first of two samples that finds shares `p1` and `p2` apart with this power.

    n₁ = (z_{α/2} + z_β)²(p₁q₁ + p₂q₂/ratio)·deff/(p₁ - p₂)², the second sample being `ratio` times as large.
    Formula (14) of method.md; Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions,
    section 4.2. Raises as `mean`, and BadInput for equal shares.

    >>> difference(0.7, 0.5).completes
    91
    """
    for name, value in {"p1": p1, "p2": p2}.items():
        if not 0 <= value <= 1:
            raise BadInput(f"The {name!r} parameter must lie between 0 and 1. Got {value!r}.")
    if p1 == p2:
        raise BadInput("The 'p2' parameter must differ from 'p1': no sample is large enough to find nothing.")
    _check_shares(power=power)
    _check_positive(ratio=ratio, deff=deff)
    z = z_quantile(level) + NormalDist().inv_cdf(power)
    spread = p1 * (1 - p1) + p2 * (1 - p2) / ratio
    return _size(z**2 * spread * deff / (p1 - p2) ** 2, N=N, response=response, eligible=eligible)


def _size(needed: float, *, N: float | None, response: float, eligible: float) -> Size:
    for name, value in {"response": response, "eligible": eligible}.items():
        if not 0 < value <= 1:
            raise BadInput(f"The {name!r} parameter must lie in (0, 1]. Got {value!r}.")
    if N is not None:
        _check_positive(N=N)
        needed /= 1 + needed / N
    size = Size(max(1, _up(needed)), max(1, _up(needed / (response * eligible))))
    if N is not None and size.issued > N:
        raise TooFew(
            f"{size.issued:,} would have to be issued for {size.completes:,} completes; there are {N:,}."
        )
    return size


def _up(value: float) -> int:
    """Round up; a rounding error is no reason for one more."""
    return math.ceil(value - 1e-9)


def _check_positive(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < math.inf:
            raise BadInput(f"The {name!r} parameter must be finite and positive. Got {value!r}.")


def _check_shares(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < 1:
            raise BadInput(f"The {name!r} parameter must lie strictly between 0 and 1. Got {value!r}.")
