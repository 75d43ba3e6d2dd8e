"""The limits of a published share again: what the interval's formula has to be given to print them."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR
from functools import partial

from survey.scores.rules.release import rounded

Z = 1.959964
DIGITS, STEPS = 3, 60
MOST = 1e8
NUDGES = (0, 1, -1, 2, -2, 3, -3, 4, -4)
"""A share lies somewhere in what is rounded to it: so many ten-thousandths off are tried."""


def limits(share: float, worth: float, *, silence: float) -> tuple[float, float]:
    """Return low and high as printed: Wilson's at `worth` answers, widened, rounded outward.

    `silence` is (1 - RR1) · Γ: the band is that times θ(1 - θ).
    """
    middle = (share + Z**2 / (2 * worth)) / (1 + Z**2 / worth)
    half = Z / (2 * worth) * math.sqrt(4 * worth * share * (1 - share) + Z**2) / (1 + Z**2 / worth)
    wide = half + silence * share * (1 - share)
    low, high = max(0.0, middle - wide), min(1.0, middle + wide)
    return rounded(low, digits=DIGITS, to=ROUND_FLOOR), rounded(high, digits=DIGITS, to=ROUND_CEILING)


def found(printed: float, low: float, high: float, *, silence: float) -> tuple[float, float] | None:
    """Return a share that rounds to the printed one, and its worth, for which both limits come out."""
    for nudge in NUDGES if 0 < printed < 1 else (0,):
        share = round(printed + nudge / 10_000, 4)
        first = _first(partial(_is_within, share, low, high, silence))
        for worth in (math.ceil(first * 100) / 100, first):
            if limits(share, worth, silence=silence) == (low, high):
                return share, worth
    return None


def _is_within(share: float, low: float, high: float, silence: float, worth: float) -> bool:
    made = limits(share, worth, silence=silence)
    return made[0] >= low and made[1] <= high


def _first(holds: Callable[[float], bool]) -> float:
    """The least worth from which on it holds."""
    least, most = 1e-3, MOST
    for _step in range(STEPS):
        middle = math.sqrt(least * most)
        least, most = (least, middle) if holds(middle) else (middle, most)
    return most
