"""Parts of a score, 0…100, each with the error that an interval of its width has."""

from __future__ import annotations

from sampling.intervals.limits import z_quantile
from survey.attribution.rules.inputs import ReleasedShare

LEVEL = 0.95
ScorePart = tuple[float, float]


def of_released(found: ReleasedShare | None) -> ScorePart | None:
    """Return a released share as a part; None where none is shown."""
    return of_share(found.estimate, found.low, found.high) if found else None


def of_share(share: float | None, low: float | None, high: float | None) -> ScorePart | None:
    """Return a share with its limits as a part; None where it isn't told."""
    if share is None or low is None or high is None:
        return None
    return 100 * share, 100 * (high - low) / (2 * z_quantile(LEVEL))


def of_counts(counted: float, n: float) -> ScorePart | None:
    """Return `counted` of `n` as a part, with Wilson's limits; None of none."""
    from sampling.intervals import wilson  # noqa: PLC0415  (scipy is slow to load)

    if not n:
        return None
    limits = wilson(counted, n)
    return of_share(counted / n, float(limits.low), float(limits.high))
