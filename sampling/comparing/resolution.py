"""The confirmed resolution rate: who replied was counted, of the silent some were drawn and called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
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


@dataclass(frozen=True, slots=True)
class CalledStratum:
    """The counts of one stratum: due, replied, confirmed; of the silent, called and confirmed."""

    due: int
    replied: int
    confirmed: int
    called: int
    confirmed_on_call: int

    @property
    def silent(self) -> int:
        """How many said nothing by themselves."""
        return self.due - self.replied


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


def stratified(strata: Sequence[CalledStratum], *, level: float = 0.95) -> Resolution:
    """Return the rate over several strata, in each of which the silent were drawn and called apart.

    Each stratum's share of its silent ones weighs by how many it has; variances add up as stratified samples'
    do. A stratum in which fewer than two were called, and not all, is joined with those called least until
    two were. Limits: Wilson's of the share among all silent, at the size whose variance the design would have
    if the share were the same everywhere; with one stratum all is as `confirmed` has it. Formula (64) of
    method.md; Cochran (1977), Sampling Techniques, 5.3 and 5A.12. Raises BadInput for counts that don't fit,
    NotIdentified where there are silent ones and none was called.

    >>> found = stratified([CalledStratum(120, 48, 42, 24, 15), CalledStratum(40, 10, 6, 30, 12)])
    >>> round(found.value, 3), round(found.se, 3)
    (0.656, 0.037)
    """
    for each in strata:
        _check(dict(zip(NAMES, astuple(each), strict=True)))
    due, replied, told, called, _ = (sum(column) for column in zip(*map(astuple, strata), strict=True))
    silent = due - replied
    if silent and not called:
        raise NotIdentified(f"stratified refused: {silent} are silent and none of them was called.")
    share, spread, inverse = _among_silent(_joined(strata), silent=silent)
    low, high = (share, share) if inverse == 0 else _wilson(share, 1 / inverse, level=level)
    weight = silent / due
    return Resolution(
        value=told / due + weight * share,
        se=weight * spread**0.5,
        low=told / due + weight * low,
        high=told / due + weight * high,
        repliers_only=told / replied if replied else None,
        silence_is_yes=(told + silent) / due,
    )


def _joined(strata: Sequence[CalledStratum]) -> list[CalledStratum]:
    """The strata with silent ones, those called too little to have a spread joined with the next smallest."""
    waiting = sorted((each for each in strata if each.silent), key=lambda each: (each.called, each.silent))
    found: list[CalledStratum] = []
    while waiting:
        one = waiting.pop(0)
        if one.called > 1 or one.called == one.silent or not (waiting or found):
            found.append(one)
        else:
            other = waiting.pop(0) if waiting else found.pop()
            waiting.insert(0, CalledStratum(*map(sum, zip(astuple(one), astuple(other), strict=True))))
    return found


def _among_silent(strata: Sequence[CalledStratum], *, silent: int) -> tuple[float, float, float]:
    """Return the share of the silent, its variance, and what divides p(1 - p) by the size of its interval."""
    share = spread = inverse = 0.0
    for each in strata:
        weight, p = each.silent / silent, each.confirmed_on_call / each.called
        left = 1 - each.called / each.silent
        # A single one of several silent tells nothing of their spread: the interval is the whole range.
        per = weight**2 * left / (each.called - 1) if each.called > 1 else (np.inf if left else 0.0)
        share += weight * p
        spread += per * p * (1 - p) if np.isfinite(per) else 0.0
        inverse += per
    return share, spread, inverse


NAMES = ("due", "replied", "confirmed", "called", "confirmed_on_call")


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
    if left == 0:
        return share, share
    return _wilson(share, (called - 1) / left if called > 1 else 0.0, level=level)


def _wilson(share: float, size: float, *, level: float) -> tuple[float, float]:
    """Wilson's limits at a size, which needn't be whole; 0 to 1 where there is none."""
    if size == 0:
        return 0.0, 1.0
    low, high = wilson_limits(np.array(share), size=size, z=np.array(z_quantile(level)))
    return float(low), float(high)
