"""How many of each stratum: a sample of n spread over strata, in whole units, within floors and caps."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.designs.arrays import Floats, Ints, column, frozen, numbers, refuse
from sampling.draws.selection import count
from sampling.errors import BadInput, TooFew

TINY = 1e-12
FLOOR = 2
"""The fewest of a stratum that still show how much its units differ."""


def equal(N: Any, n: int, *, floor: int = FLOOR, cap: Any = None, whole: bool = True) -> Floats | Ints:
    """Return n/H for each of H strata of `N` (H,) units: every stratum is known as well as any other.

    Bounds, rounding and errors as for all four: a stratum gets min(`floor`, N) at least and N, or `cap` if
    that is less, at most; what a bound gives or takes is spread over the others. `whole` rounds by largest
    remainders, ties to the lower index; then each increase of n may move a unit between strata. Formula (16)
    of method.md. Raises TooFew where n lies below the sum of the floors or above that of the caps, BadInput
    for N below 1 and for other values that aren't finite and positive.

    >>> equal([300, 40, 3], 30).tolist()
    [14, 13, 3]
    """
    return _spread(np.ones(np.size(N)), N, n, floor=floor, cap=cap, whole=whole)


def proportional(N: Any, n: int, *, floor: int = FLOOR, cap: Any = None, whole: bool = True) -> Floats | Ints:
    """Return n·N_h/N: every unit has the same chance. Cochran (1977), Sampling Techniques, section 5.4.

    Bounds, rounding and errors as for `equal`.

    >>> proportional([300, 100, 10], 41).tolist()
    [29, 10, 2]
    """
    return _spread(numbers(N, name="N"), N, n, floor=floor, cap=cap, whole=whole)


def neyman(
    N: Any, S: Any, n: int, *, floor: int = FLOOR, cap: Any = None, whole: bool = True
) -> Floats | Ints:
    """Return n·N_h·S_h/ΣNS: the whole is known best. `S` (H,) are the standard deviations within strata.

    Neyman (1934), Journal of the Royal Statistical Society 97: 558-625; Cochran (1977), section 5.5, equation
    (5.26). Bounds, rounding and errors as for `equal`; BadInput also for S below 0 or 0 throughout.

    >>> neyman([4421, 755, 1018], [120, 90, 100], 200).tolist()
    [152, 19, 29]
    """
    return _spread(numbers(N, name="N") * _spreads(S, N), N, n, floor=floor, cap=cap, whole=whole)


def power(
    N: Any, S: Any, n: int, *, q: float = 0.5, floor: int = FLOOR, cap: Any = None, whole: bool = True
) -> Floats | Ints:
    """Return n·N_h^q·S_h/ΣN^q·S: between every stratum alike (q = 0) and the whole best (q = 1).

    Bankier (1988), The American Statistician 42: 174-177, with the strata's sizes as what matters. Bounds,
    rounding and errors as for `neyman`; BadInput also for q outside [0, 1].

    >>> power([4421, 755, 1018], [120, 90, 100], 200, q=0).tolist()
    [77, 58, 65]
    """
    if not 0 <= q <= 1:
        raise BadInput(f"The 'q' parameter must lie between 0 and 1. Got {q!r}.")
    return _spread(numbers(N, name="N") ** q * _spreads(S, N), N, n, floor=floor, cap=cap, whole=whole)


def _spreads(given: Any, N: Any) -> Floats:
    spread = column(given, n=np.size(N), name="S")
    refuse(~(np.isfinite(spread) & (spread >= 0)), name="S", must="be finite and not below 0")
    if not spread.any():
        raise BadInput("The 'S' parameter must not be 0 throughout.")
    return spread


def _spread(share: Floats, N: Any, n: Any, *, floor: int, cap: Any, whole: bool) -> Floats | Ints:
    low, high = _bounds(N, floor=floor, cap=cap)
    wanted = count(n, name="n")
    if not low.sum() <= wanted <= high.sum():
        least, most = f"{low.sum():,.0f}", f"{high.sum():,.0f}"
        raise TooFew(f"The 'n' parameter must lie between floors and caps, {least} and {most}. Got {n}.")
    # What is beyond a float beside the largest share is no share.
    found = _within(np.where(share > share.max() * TINY, share, 0.0), low, high, n=wanted)
    return frozen(_whole(found, high, n=wanted)) if whole else frozen(found)


def _bounds(N: Any, *, floor: int, cap: Any) -> tuple[Floats, Floats]:
    units = column(N, n=np.size(N), name="N")
    refuse(~(np.isfinite(units) & (units >= 1)), name="N", must="be finite and 1 at least")
    least, high = count(floor, name="floor"), np.floor(units)
    if cap is not None:
        most = numbers(cap, name="cap")
        if most.shape not in {(), high.shape} or not (np.isfinite(most) & (most >= 1)).all():
            text = f"The 'cap' parameter must be 1 or more, one number or {high.shape}. Got {cap!r:.60}."
            raise BadInput(text)
        high = np.minimum(high, np.floor(most))
    return np.minimum(float(least), high), high


def _within(share: Floats, low: Floats, high: Floats, *, n: int) -> Floats:
    """Return clip(t·share, low, high) with the t that makes it sum to n.

    The sum rises with t in straight pieces between the places where a stratum leaves its floor or meets its
    cap. Strata without a share stay on their floors until all others have met their caps.
    """
    some = share > 0
    rest = n - low[~some].sum()
    if rest > high[some].sum():
        out = np.where(some, high, low)
        left, least, most = int(n - high[some].sum()), low[~some], high[~some]
        out[~some] = _within(most - least + 1, least, most, n=left)
        return out
    turns = np.unique(np.concatenate([low[some] / share[some], high[some] / share[some]]))
    sums = np.array([np.clip(t * share[some], low[some], high[some]).sum() for t in turns])
    at = int(np.clip(np.searchsorted(sums, rest), 1, turns.size - 1)) if turns.size > 1 else 0
    before = max(at - 1, 0)
    step = sums[at] - sums[before]
    t = turns[at] if step == 0 else turns[before] + (turns[at] - turns[before]) * (rest - sums[before]) / step
    return np.where(some, np.clip(t * share, low, high), low)


def _whole(real: Floats, high: Floats, *, n: int) -> Ints:
    """Largest remainders; a rounding error must not hide that a figure is whole."""
    down = np.minimum(np.floor(real + 1e-9), high)
    left = n - int(down.sum())
    order = np.lexsort((np.arange(real.size), -(real - down)))
    down[order[:left]] += 1
    return down.astype(np.int64)
