"""A funnel as the geometry of a plot: how many calls from left to right, the share from the foot up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

from survey.fieldwork.rules.board.funnel import LEAST, Funnel

WIDTH, HEIGHT = 560, 260
LEFT, RIGHT, TOP, FOOT = 44, 12, 12, 34
STEPS = 40
MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class FunnelDot:
    """A seat: where it stands, in pixels, and its code where it lies outside."""

    x: float
    y: float
    code: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class FunnelPlot:
    """Dots, the middle and the limits as paths, and what the axes say: (position, text)."""

    dots: Sequence[FunnelDot]
    middle: float
    limits: Sequence[str]
    across: Sequence[tuple[float, str]]
    up: Sequence[tuple[float, str]]


def plot(funnel: Funnel, *, codes: Mapping[int, str]) -> FunnelPlot | None:
    """Return the plot; None where no seat has enough."""
    judged = [seat for seat in funnel.seats if seat.low is not None and seat.share is not None]
    if funnel.middle is None or not judged:
        return None
    most = max(seat.of for seat in judged) * 1.05
    top = min(1.0, max(max(seat.share or 0, seat.high or 0) for seat in judged) * 1.1)
    at = _Scale(most, top or 1.0)
    sizes = [LEAST + (most - LEAST) * step / STEPS for step in range(STEPS + 1)]
    ends = [funnel.limits(max(1, round(size))) for size in sizes]
    return FunnelPlot(
        [
            FunnelDot(at.x(seat.of), at.y(seat.share or 0), codes.get(seat.seat, ""), seat.side != 0)
            for seat in judged
        ],
        at.y(funnel.middle),
        [
            " ".join(
                f"{at.x(size)},{at.y(min(end[side], at.top))}" for size, end in zip(sizes, ends, strict=True)
            )
            for side in (0, 1)
        ],
        [(at.x(tick), f"{tick:.0f}") for tick in _ticks(most)],
        [(at.y(tick / 100), f"{tick:g}%") for tick in _ticks(100 * at.top)],
    )


def _ticks(most: float) -> list[float]:
    """Return from two to six round numbers from 0 to at most `most`."""
    size = 10.0 ** floor(log10(most))
    step = next(each * size for each in (0.2, 0.5, 1.0, 2.0) if most / (each * size) <= MOST_TICKS)
    return [step * n for n in range(int(most / step) + 1)]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a number of calls and a share stand."""

    most: float
    top: float

    def x(self, of: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * of / self.most, 1)

    def y(self, share: float) -> float:
        return round(HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * share / self.top, 1)
