"""Several figures in one score, of which the satisfaction of those who were asked carries at least half."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, isfinite

from sampling.errors import BadInput

LEADING = "satisfaction"
LEAST = 0.5
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Composite:
    """A score (None where the leading part is missing), its error, and what each part brings to it."""

    value: float | None
    se: float | None
    contributions: Mapping[str, float]


def composed(
    parts: Mapping[str, tuple[float, float] | None],
    *,
    weights: Mapping[str, float],
    leading: str = LEADING,
) -> Composite:
    """Return Σ w·x over `parts` (value, error), None of one that is missing; se = √Σ(w·se)².

    `weights` sum to 1 and the `leading` one is at least ½: nothing that is administered outweighs the people
    who were asked. Without the leading part there is no score; another's weight is spread over the rest in
    proportion. Parts are taken as independent. Formula (80) of method.md; Nardo et al. (2008), Handbook on
    Constructing Composite Indicators, OECD, steps 3 and 6. Raises BadInput, a ValueError, for weights that
    don't sum to 1, a leading weight below ½, a weight below 0, other names than the weights' and errors
    below 0.

    >>> weights = {"satisfaction": 0.55, "confirmed": 0.25, "in_time": 0.1, "reached": 0.1}
    >>> found = composed(
    ...     {"satisfaction": (78, 4.2), "confirmed": (54.54, 9), "in_time": (90, 5), "reached": (100, 0)},
    ...     weights=weights,
    ... )
    >>> round(found.value, 2), round(found.se, 2)
    (75.54, 3.26)
    """
    _check_weights(weights, leading)
    _check_parts(parts, weights)
    known = {name: part for name, part in parts.items() if part is not None}
    if leading not in known:
        return Composite(None, None, {})
    whole = fsum(weights[name] for name in known)
    shares = {name: weights[name] / whole for name in known}
    brought = {name: shares[name] * value for name, (value, _se) in known.items()}
    se = fsum((shares[name] * error) ** 2 for name, (_value, error) in known.items()) ** 0.5
    return Composite(fsum(brought.values()), se, brought)


def _check_weights(weights: Mapping[str, float], leading: str) -> None:
    for name, weight in weights.items():
        if not weight >= 0:
            raise BadInput(f"The 'weights' must not be below 0. Got {weight!r} of {name!r}.", items=[name])
    if abs(fsum(weights.values()) - 1) > ROUNDING:
        raise BadInput(f"The 'weights' parameter must sum to 1. Got {fsum(weights.values()):.10g}.")
    if weights.get(leading, 0.0) < LEAST - ROUNDING:
        raise BadInput(
            f"The weight of {leading!r} must be at least {LEAST}. Got {weights.get(leading, 0.0):.10g}.",
            items=[leading],
        )


def _check_parts(parts: Mapping[str, tuple[float, float] | None], weights: Mapping[str, float]) -> None:
    if parts.keys() != weights.keys():
        raise BadInput(
            f"The 'parts' must have the names of the 'weights'. Got {sorted(parts)} for {sorted(weights)}."
        )
    for name, part in parts.items():
        if part is not None and not (isfinite(part[0]) and isfinite(part[1]) and part[1] >= 0):
            raise BadInput(
                f"A part must be finite and its error not below 0. Got {part!r} of {name!r}.", items=[name]
            )
