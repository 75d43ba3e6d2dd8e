"""The confirmed resolution rate: who replied was counted, of the silent some were drawn and called."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from sampling.errors import BadInput, NotIdentified
from sampling.intervals.limits import wilson_limits, z_quantile


@dataclass(frozen=True, slots=True)
class Resolution:
    """The share of due cases whose resident confirms the solution, its error and limits.

    Beside it what it is not: the share among those who replied by themselves (None without any), and the
    share were silence taken for yes.
    """

    value: float
    se: float
    low: float
    high: float
    repliers_only: float | None
    silence_is_yes: float


def confirmed(
    due: int, *, replied: int, confirmed: int, called: int, confirmed_on_call: int, level: float = 0.95
) -> Resolution:
    """Return the rate among `due` cases, of which `replied` answered and `called` of the silent were drawn.

    (c_r + m·c₂/m₂)/D with m = D - n_r silent ones and m₂ of them called; variance (m/D)²(1 - m₂/m)p₂(1 - p₂)/
    (m₂ - 1); limits by Wilson's interval of p₂ at n = (m₂ - 1)/(1 - m₂/m). Formula (64) of method.md; Hansen
    and Hurwitz (1946), Journal of the American Statistical Association 41: 517-529. Raises BadInput for
    counts that don't fit, NotIdentified where there are silent ones and none was called.

    >>> found = confirmed(120, replied=48, confirmed=42, called=24, confirmed_on_call=15)
    >>> round(found.value, 3), round(found.low, 4), round(found.high, 4)
    (0.725, 0.6252, 0.8097)
    """
    counts = {
        "due": due,
        "replied": replied,
        "confirmed": confirmed,
        "called": called,
        "confirmed_on_call": confirmed_on_call,
    }
    _check(counts)
    silent = due - replied
    if silent and not called:
        raise NotIdentified(f"confirmed refused: {silent} are silent and none of them was called.")
    share = confirmed_on_call / called if called else 0.0
    left = 1 - called / silent if silent else 0.0
    weight = silent / due
    spread = left * share * (1 - share) / (called - 1) if called > 1 else 0.0
    low, high = _limits(share, called, left=left, level=level)
    return Resolution(
        value=confirmed / due + weight * share,
        se=weight * spread**0.5,
        low=confirmed / due + weight * low,
        high=confirmed / due + weight * high,
        repliers_only=confirmed / replied if replied else None,
        silence_is_yes=(confirmed + silent) / due,
    )


def _check(counts: dict[str, int]) -> None:
    for name, value in counts.items():
        if not _is_count(value):
            raise BadInput(f"The {name!r} parameter must be a whole number from 0. Got {value!r}.")
    due, replied, told, called, told_on_call = counts.values()
    if not due or replied > due or told > replied or called > due - replied or told_on_call > called:
        raise BadInput(f"The counts must fit: confirmed ≤ replied ≤ due, called ≤ silent. Got {counts}.")


def _is_count(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 0


def _limits(share: float, called: int, *, left: float, level: float) -> tuple[float, float]:
    """Wilson's limits of the share among the silent; itself where all were called, 0 to 1 for one."""
    z = z_quantile(level)
    if left == 0:
        return share, share
    if called < 2:
        return 0.0, 1.0
    size = (called - 1) / left
    low, high = wilson_limits(np.array(share), size=size, z=np.array(z))
    return float(low), float(high)
