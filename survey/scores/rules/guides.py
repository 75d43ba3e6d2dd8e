"""The lines of a funnel as it is drawn: between which shares so many answers lie by chance alone."""

from __future__ import annotations

from collections.abc import Sequence

from sampling.comparing.funnel import limits

SIZES = (10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400)
"""Answers at which the lines are reckoned; they are drawn straight between them."""


def guides(target: float, *, most: int) -> list[tuple[int, Sequence[float], Sequence[float]]]:
    """Return (answers, low, high) up to `most` answers; low and high have the 95 and the 99.8 % line."""
    sizes = [size for size in SIZES if size < most] + [max(most, SIZES[0])]
    found = limits(target, sizes)
    pairs = zip(sizes, found.low.T.tolist(), found.high.T.tolist(), strict=True)
    return [(size, low, high) for size, low, high in pairs]
