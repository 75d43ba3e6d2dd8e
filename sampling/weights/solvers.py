"""Factors that take weights `d` (n,) to totals (p,) of the columns `x` (n, p), orthonormal under `d`."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sampling.designs.arrays import Floats


@dataclass(frozen=True, slots=True)
class Distance:
    """How a factor moves with u = x'λ: `factor` F(u), its `slope` where it is F, and `height` ∫F, convex."""

    factor: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    height: Callable[[Floats], Floats]


def linear(x: Floats, d: Floats, wanted: Floats) -> Floats:
    """Return the factors 1 + x'λ (n,), refined once for the last digits."""
    by = 1 + x @ (wanted - d @ x)
    refined: Floats = by + x @ (wanted - (d * by) @ x)
    return refined


EXPONENTIAL = Distance(np.exp, lambda factor: factor, np.exp)


def truncated(low: float, high: float) -> Distance:
    """Return F = 1 + u cut to [low, high]: Deville and Särndal (1992), case 7."""

    def factor(u: Floats) -> Floats:
        return np.clip(1 + u, low, high)

    def height(u: Floats) -> Floats:
        inside = np.clip(u, low - 1, high - 1)
        out: Floats = inside + inside**2 / 2 + np.clip(1 + u, low, high) * (u - inside)
        return out

    return Distance(factor, lambda f: ((f > low) & (f < high)).astype(np.float64), height)


def logit(low: float, high: float) -> Distance:
    """Return F = (L(U-1) + U(1-L)e^{Au})/(U-1 + (1-L)e^{Au}), A = (U-L)/((1-L)(U-1)): case 6."""
    steep = (high - low) / ((1 - low) * (high - 1))
    start = math.log((1 - low) / (high - 1))

    def share(u: Floats) -> Floats:
        return np.asarray((1 + np.tanh((steep * u + start) / 2)) / 2)

    def height(u: Floats) -> Floats:
        return low * u + (high - low) / steep * np.logaddexp(0.0, steep * u + start)

    return Distance(
        lambda u: low + (high - low) * share(u),
        lambda f: steep * (f - low) * (high - f) / (high - low),
        height,
    )


def iterated(x: Floats, d: Floats, wanted: Floats, *, by: Distance, steps: int) -> Floats:
    """Return the factors F(x'λ) (n,) by Newton's method, each step halved until the convex target falls."""
    at = np.zeros(x.shape[1])
    height = float(d @ by.height(x @ at))
    best, least = np.ones(len(d)), math.inf
    for _ in range(steps):
        u = x @ at
        factor = by.factor(u)
        gap = wanted - (d * factor) @ x
        if (size := float(np.abs(gap).max())) >= least and size <= 1e-9 * (1 + np.abs(wanted).max()):
            break
        if size < least:
            best, least = factor, size
        slope = (x * (d * by.slope(factor))[:, None]).T @ x
        move: Floats = np.linalg.lstsq(slope, gap, rcond=None)[0].astype(np.float64)
        # Where every factor is at a bound the slope is 0: then straight down.
        move = move + (gap - slope @ move)
        at, height = _lower(x, d, wanted, at=at, move=move, height=height, by=by)
    return best


HALVED = 60


def _lower(
    x: Floats, d: Floats, wanted: Floats, *, at: Floats, move: Floats, height: float, by: Distance
) -> tuple[Floats, float]:
    """The first of the move, its half, its quarter … that goes down; with the height there."""
    for _ in range(HALVED):
        then = at + move
        with np.errstate(over="ignore", invalid="ignore"):
            reached = float(d @ by.height(x @ then) - wanted @ then)
        if reached <= height + 1e-12 * abs(height):
            return then, reached
        move = move / 2
    return at, height
