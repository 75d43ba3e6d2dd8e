"""How long a poster may go unscanned before somebody looks whether it still hangs."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

WEEKS_COUNTED = 8
WEEKS_PER_FALSE_ALARM = 156
LEAST_RATE = 0.25
"""Scans a week below which silence says nothing."""
WEEK = timedelta(weeks=1)


def rate(scans: int, *, city_now: float, city_usual: float) -> float:
    """Return a poster's scans a week, from those of 8 weeks, at the city's present pace.

    `city_now` and `city_usual` are all posters' scans a week lately and over the 8 weeks: holidays and floods
    silence all posters at once.
    """
    pace = city_now / city_usual if city_usual > 0 else 1.0
    return scans / WEEKS_COUNTED * pace


def longest_silence(rate: float) -> timedelta | None:
    """Return after how long without a scan to look, ln(1 + 156 λ) / λ weeks; None where λ is too low.

    Scans that come by chance at rate λ leave so long a pause once in 156 weeks on the mean.
    """
    if rate < LEAST_RATE:
        return None
    return WEEK * (math.log1p(WEEKS_PER_FALSE_ALARM * rate) / rate)


def is_silent(last_sign: datetime, *, rate: float, now: datetime) -> bool:
    """Tell whether a poster that last gave a sign of life then, has been silent for too long."""
    longest = longest_silence(rate)
    return longest is not None and now - last_sign > longest
