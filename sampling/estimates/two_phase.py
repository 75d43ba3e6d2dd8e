"""Two phases: whom no telephone reaches is drawn again among the first sample, and met otherwise.

Every wave by telephone knows, of its own sample, whose numbers are all dead. These stand for the households
of the frame that no telephone reaches. Some of them are drawn and met at their door or by letter; the share
of everybody is that of both parts, each by its share of the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sampling.errors import BadInput, NotIdentified, TooFew
from sampling.intervals.limits import z_quantile


@dataclass(frozen=True, slots=True)
class FirstPhase:
    """A stratum of the first phase: of `frame` units `drawn` were drawn, `dead` of these weren't reached."""

    frame: int
    drawn: int
    dead: int

    @property
    def weight(self) -> float:
        """The base weight d = N/n."""
        return self.frame / self.drawn

    @property
    def share(self) -> float:
        """The share of the stratum that no telephone reaches, by its sample."""
        return self.dead / self.drawn

    def second_weight(self, met: int) -> float:
        """Return w₂ = d·M/m where `met` of the dead ones answered in the second phase."""
        if not 0 < met <= self.dead:
            raise BadInput(f"The 'met' parameter must be from 1 to {self.dead}. Got {met!r}.")
        return self.weight * self.dead / met


@dataclass(frozen=True, slots=True)
class TwoPhase:
    """The share of everybody, its error and limits, and of what it is made.

    `dead` is the part of the frame that no telephone reaches, `met` the share among them and `telephone` that
    of the others; `parts` are the three terms of the variance: by telephone, met, between the two.
    """

    value: float
    se: float
    low: float
    high: float
    dead: float
    met: float
    telephone: float
    parts: tuple[float, float, float]


def combined(
    strata: Sequence[FirstPhase],
    *,
    telephone: float,
    telephone_se: float,
    values: ArrayLike,
    stratum: ArrayLike,
    level: float = 0.95,
) -> TwoPhase:
    """Return the share of a frame from those reached by telephone and those met in the second phase.

    `telephone` with its error is the (calibrated) share among those whom telephones reach. `values` are the
    answers of the second phase, 0 to 1, (m,), and `stratum` says the place in `strata` of each, (m,). With
    W = Σ N_h M_h/n_h / N the estimate is (1 − W) ȳ₁ + W ȳ₂, ȳ₂ = Σ w₂ y/Σ w₂ at w₂ = d·M/m. Variance:
    (1 − W)² V₁ + W² V₂ + (ȳ₁ − ȳ₂)² V(W), V₂ with replacement, V(W) as of a stratified share. Formula (77) of
    method.md; Cochran (1977), Sampling Techniques, ch. 12. Raises BadInput for what doesn't fit, TooFew for
    fewer than two answers, NotIdentified where nobody's number is dead.

    >>> found = combined([FirstPhase(1000, 100, 20)], telephone=0.8, telephone_se=0.04,
    ...                  values=[0, 1, 0, 0, 1], stratum=[0] * 5)
    >>> round(found.value, 3), round(found.se, 3), found.dead
    (0.72, 0.06, 0.2)
    """
    y, place = np.asarray(values, dtype=float), np.asarray(stratum, dtype=int)
    _check(strata, y, place)
    weights = _weights(strata, place)
    met = float(weights @ y / weights.sum())
    dead, dead_variance = _share(strata)
    value = (1 - dead) * telephone + dead * met
    spread = weights * (y - met) / weights.sum()
    parts = (
        (1 - dead) ** 2 * telephone_se**2,
        dead**2 * float(len(y) / (len(y) - 1) * (spread @ spread)),
        (telephone - met) ** 2 * dead_variance,
    )
    se = sum(parts) ** 0.5
    reach = z_quantile(level) * se
    return TwoPhase(value, se, max(value - reach, 0.0), min(value + reach, 1.0), dead, met, telephone, parts)


def _check(strata: Sequence[FirstPhase], y: np.ndarray, place: np.ndarray) -> None:
    for each in strata:
        if not 0 <= each.dead <= each.drawn <= each.frame or not each.drawn:
            raise BadInput(f"The 'strata' parameter must have 0 ≤ dead ≤ drawn ≤ frame. Got {each}.")
    if not any(each.dead for each in strata):
        raise NotIdentified("combined refused: nobody's number is dead, so there is no second phase.")
    if y.ndim != 1 or y.shape != place.shape:
        raise BadInput(
            f"The 'stratum' parameter must have the shape of 'values'. Got {place.shape}, {y.shape}."
        )
    if not ((y >= 0) & (y <= 1)).all():
        raise BadInput("The 'values' parameter must be from 0 to 1.")
    if len(y) < 2:
        raise TooFew(f"combined refused: {len(y)} answers of the second phase, at least 2 are needed.")
    if place.min() < 0 or place.max() >= len(strata):
        raise BadInput(f"The 'stratum' parameter must be from 0 to {len(strata) - 1}.")


def _weights(strata: Sequence[FirstPhase], place: np.ndarray) -> np.ndarray:
    met = np.bincount(place, minlength=len(strata))
    each = [stratum.second_weight(int(m)) if m else 0.0 for stratum, m in zip(strata, met, strict=True)]
    found: np.ndarray = np.array(each)[place]
    return found


def _share(strata: Sequence[FirstPhase]) -> tuple[float, float]:
    """Return the share of the frame that no telephone reaches, and its variance."""
    frame = sum(each.frame for each in strata)
    dead = sum(each.frame * each.share for each in strata) / frame
    variance = sum(
        (each.frame / frame) ** 2
        * (1 - each.drawn / each.frame)
        * each.share
        * (1 - each.share)
        / max(each.drawn - 1, 1)
        for each in strata
    )
    return dead, variance
