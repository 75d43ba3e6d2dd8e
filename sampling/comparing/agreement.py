"""Agreement of two records of the same thing: plain, and beyond what chance would give (Cohen's kappa)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sampling.errors import BadInput, TooFew
from sampling.intervals.limits import Interval, wilson

Pairs = Sequence[tuple[Hashable, Hashable]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The share of `n` pairs that agree, and kappa, each with its interval.

    `chance` is the share that would agree by chance; kappa and its interval are None where that is all.
    """

    n: int
    share: float
    interval: Interval
    chance: float
    kappa: float | None
    kappa_interval: Interval | None


def cohen(pairs: Pairs, *, level: float = 0.95) -> Agreement:
    """Return the agreement of pairs of categories, any number of them, none better or worse than another.

    κ = (p_o - p_e)/(1 - p_e), p_e = Σ p_k+ p_+k: Cohen (1960), Educational and Psychological Measurement 20:
    37-46. Its error there takes p_e as known, as here: the limits are those of p_o by (22), put into the same
    formula, so that full agreement has an interval too. Formula (73) of method.md. Raises TooFew without
    pairs.

    >>> found = cohen([("yes", "yes")] * 6 + [("no", "no")] * 3 + [("yes", "no")])
    >>> found.share, round(found.kappa, 4)
    (0.9, 0.7826)
    """
    return together([pairs], level=level)


def together(items: Sequence[Pairs], *, calls: int | None = None, level: float = 0.95) -> Agreement:
    """Return the agreement of several items at once, each with chances of its own.

    p_o = Σ a_i/Σ n_i and p_e = Σ n_i p_ei/Σ n_i. Pairs of one call hang together: with `calls` the interval
    is that of so many, as if a call's items told no more than one. Formula (73) of method.md. Raises TooFew
    without pairs, BadInput for fewer than one call, or more of them than pairs.

    >>> found = together([[(1, 1), (2, 2), (1, 1)], [(1, 1), (2, 1), (2, 2)]], calls=3)
    >>> round(found.share, 4), round(found.kappa, 4)
    (0.8333, 0.6667)
    """
    n = sum(map(len, items))
    if not n:
        raise TooFew("agreement refused: there are no pairs.")
    size = n if calls is None else calls
    if not 0 < size <= n:
        raise BadInput(f"The 'calls' parameter must lie between 1 and the number of pairs. Got {calls!r}.")
    share = sum(one == other for pairs in items for one, other in pairs) / n
    chance = sum(len(pairs) * _chance(pairs) for pairs in items) / n
    limits = wilson(share * size, size, level=level)
    if chance == 1:
        return Agreement(n, share, limits, chance, None, None)
    low, high = (_beyond(float(each), chance) for each in (limits.low, limits.high))
    return Agreement(n, share, limits, chance, _beyond(share, chance), Interval(low, high))


def _chance(pairs: Pairs) -> float:
    first, second = (Counter(pair[side] for pair in pairs) for side in (0, 1))
    return sum(first[each] * second[each] for each in first) / len(pairs) ** 2 if pairs else 0.0


def _beyond(share: float, chance: float) -> float:
    return (share - chance) / (1 - chance)
