"""Factors that take weights `d` (n,) to totals (p,) of the columns `x` (n, p), orthonormal under `d`."""

from __future__ import annotations

import math

import numpy as np

from sampling.designs.arrays import Floats


def linear(x: Floats, d: Floats, wanted: Floats, *, steps: int) -> Floats:  # noqa: ARG001 - as exponential
    """Return the factors 1 + x'λ (n,), refined once for the last digits."""
    by = 1 + x @ (wanted - d @ x)
    refined: Floats = by + x @ (wanted - (d * by) @ x)
    return refined


def exponential(x: Floats, d: Floats, wanted: Floats, *, steps: int) -> Floats:
    """Return the factors exp(x'λ) (n,) by Newton's method, each step halved until the convex target falls."""
    at = np.zeros(x.shape[1])
    by, height = np.ones(len(d)), float(d.sum())
    best, least = by, math.inf
    for _ in range(steps):
        gap = wanted - (d * by) @ x
        if (size := float(np.abs(gap).max())) >= least and size <= 1e-9 * (1 + np.abs(wanted).max()):
            break
        best, least = by, size
        slope = (x * (d * by)[:, None]).T @ x
        move: Floats = np.linalg.lstsq(slope, gap, rcond=None)[0].astype(np.float64)
        at, by, height = _lower(x, d, wanted, at=at, move=move, height=height)
    return best


def _lower(
    x: Floats, d: Floats, wanted: Floats, *, at: Floats, move: Floats, height: float
) -> tuple[Floats, Floats, float]:
    """The first of the move, its half, its quarter … that goes down; with the weights and height there."""
    while True:
        then = at + move
        with np.errstate(over="ignore", invalid="ignore"):
            by = np.exp(x @ then)
            reached = float(d @ by - wanted @ then)
        if reached <= height + 1e-12 * abs(height):
            return then, by, reached
        move = move / 2
