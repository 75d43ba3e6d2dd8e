"""Ranks with their uncertainty: sets that hold the true rank, and whether a table may be shown at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from sampling.designs.arrays import Floats, Ints, frozen, numbers, refuse
from sampling.draws.tickets import key_bytes
from sampling.errors import BadInput, TooFew
from sampling.intervals.limits import upper

Method = Literal["bonferroni", "klein", "stepdown"]
ROWS = 512
"""Places compared with all others at a time."""

WORD = 2.0**-53


@dataclass(frozen=True, slots=True, eq=False)
class RankSets:
    """For each of J places the least and greatest rank (J,) it may have, and its own; 1 is the largest.

    `table_allowed` is False where the sets hold more than half of the places on average: a league table of
    such figures says nothing.
    """

    low: Ints
    high: Ints
    point: Ints
    table_allowed: bool


def confidence_sets(
    value: Any,
    se: Any,
    *,
    level: float = 0.95,
    method: Method = "bonferroni",
    simultaneous: bool = True,
    key: str | None = None,
) -> RankSets:
    """Return sets that hold the true ranks of J independent figures `value` (J,) with errors `se` (J,).

    "bonferroni" calls two places different where |θ_i - θ_j| > z·√(s_i² + s_j²), z at 1 - α/2m, m = J(J -
    1)/2 for all sets at once, or J - 1 for each set alone: formula (59) of method.md; Mogstad, Romano, Shaikh
    and Wilhelm (2024), Review of Economic Studies 91: 476-518, section 3. "klein" compares intervals at (1 -
    α)^(1/J), for all sets at once: (60); Klein, Wright and Wieczorek (2020), Journal of the Royal Statistical
    Society A 183: 589-606, theorem 1. Raises TooFew for fewer than two places, BadInput for values or errors
    that aren't finite, errors ≤ 0, and methods that aren't there.

    >>> found = confidence_sets([90, 80, 70], [1, 1, 8])
    >>> found.low.tolist(), found.high.tolist(), found.table_allowed
    ([1, 2, 2], [1, 3, 3], False)
    """
    theta, s = _given(value, se)
    if method == "stepdown" or key is not None:
        raise BadInput("The 'method' parameter 'stepdown', and its 'key', aren't there yet.")
    if method == "bonferroni":
        above, below = _pairs(theta, s, z=_pair_quantile(theta.size, level=level, simultaneous=simultaneous))
    elif method == "klein":
        if not simultaneous:
            raise BadInput(
                "The 'simultaneous' parameter must be True for 'klein': its sets hold all at once."
            )
        above, below = _intervals(theta, s, level=level)
    else:
        raise BadInput(f"The 'method' parameter must be 'bonferroni' or 'klein'. Got {method!r}.")
    return _sets(1 + above, theta.size - below, point=_point(theta))


def marginal(value: Any, se: Any, *, level: float = 0.95, draws: int = 20_000, key: str) -> RankSets:
    """Return quantiles of ranks simulated from independent normal figures: a description, no guarantee.

    Equal keys (64 hexadecimal digits) give equal draws: Philox words of the key, by the normal quantile.
    Formula (61) of method.md; Goldstein and Spiegelhalter (1996), Journal of the Royal Statistical Society A
    159: 385-443. Raises as `confidence_sets`, and BadInput for another key or fewer than 100 draws.

    >>> marginal([90, 80, 70], [1, 1, 1], key="0" * 64).low.tolist()
    [1, 2, 3]
    """
    theta, s = _given(value, se)
    if draws < 100:
        raise BadInput(f"The 'draws' parameter must be 100 or more. Got {draws!r}.")
    top = upper(level)
    ranks = _simulated(theta, s, draws=draws, key=key)
    ranks.sort(axis=0)
    low, high = ranks[_place(1 - top, draws)], ranks[_place(top, draws)]
    point = _point(theta)
    return _sets(np.minimum(low, point), np.maximum(high, point), point=point)


def _given(value: Any, se: Any) -> tuple[Floats, Floats]:
    theta, s = numbers(value, name="value"), numbers(se, name="se")
    if theta.ndim != 1 or theta.shape != s.shape:
        raise BadInput(f"The 'se' parameter must have the shape of 'value' (J,). Got {s.shape}.")
    if theta.size < 2:
        raise TooFew("Ranks need two places or more.")
    refuse(~np.isfinite(theta), name="value", must="be finite")
    refuse(~(np.isfinite(s) & (s > 0)), name="se", must="be finite and positive")
    return theta, s


def _pair_quantile(places: int, *, level: float, simultaneous: bool) -> float:
    pairs = places * (places - 1) / 2 if simultaneous else places - 1
    return -NormalDist().inv_cdf((1 - upper(level)) / pairs)


def _pairs(theta: Floats, s: Floats, *, z: float) -> tuple[Ints, Ints]:
    """How many others lie surely above and surely below each place."""

    def apart(rows: slice) -> tuple[Floats, Floats]:
        return theta - theta[rows, None], z * np.hypot(s, s[rows, None])

    return _counted(theta.size, apart)


def _intervals(theta: Floats, s: Floats, *, level: float) -> tuple[Ints, Ints]:
    upper(level)
    z = NormalDist().inv_cdf((1 + level ** (1 / theta.size)) / 2)

    def apart(rows: slice) -> tuple[Floats, Floats]:
        return theta - theta[rows, None], z * (s + s[rows, None])

    return _counted(theta.size, apart)


def _counted(places: int, apart: Callable[[slice], tuple[Floats, Floats]]) -> tuple[Ints, Ints]:
    above, below = np.empty(places, dtype=np.int64), np.empty(places, dtype=np.int64)
    for begin in range(0, places, ROWS):
        rows = slice(begin, begin + ROWS)
        distance, least = apart(rows)
        above[rows] = (distance > least).sum(axis=1)
        below[rows] = (-distance > least).sum(axis=1)
    return above, below


def _point(theta: Floats) -> Ints:
    """Ranks by the figures themselves; equal ones share the better."""
    ordered = np.sort(theta)
    return np.asarray(theta.size - np.searchsorted(ordered, theta, side="right") + 1, dtype=np.int64)


def _sets(low: Ints, high: Ints, *, point: Ints) -> RankSets:
    allowed = bool((high - low + 1).mean() <= low.size / 2)
    return RankSets(frozen(low), frozen(high), frozen(point), allowed)


def _place(p: float, draws: int) -> int:
    return min(draws - 1, max(0, int(np.ceil(p * draws)) - 1))


def _simulated(theta: Floats, s: Floats, *, draws: int, key: str) -> Ints:
    """Ranks (draws, J) of figures drawn about those found."""
    from scipy.special import ndtri  # noqa: PLC0415 - numpy alone at import

    words = np.random.Philox(key=int(key_bytes(key)[:32], 16))
    ranks = np.empty((draws, theta.size), dtype=np.int64)
    for row in ranks:
        uniform = (words.random_raw(theta.size) >> np.uint64(11)).astype(np.float64) * WORD + WORD / 2
        row[:] = _point(theta + s * ndtri(uniform))
    return ranks
