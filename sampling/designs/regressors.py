"""Columns of numbers to regress on or to calibrate to, and an orthonormal basis of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.designs.arrays import Bools, Floats, numbers
from sampling.errors import BadInput, Collinear, named

RANK = 1e-10
"""A column whose part free of the others is smaller than this share of itself is a combination of them."""


def regressors(x: Any, *, n: int) -> Floats:
    """Return a copy of `x` as columns (n, p), or raise BadInput."""
    given = numbers(x, name="x")
    columns = given[:, None] if given.ndim == 1 else given
    if columns.ndim != 2 or len(columns) != n or not columns.size:
        raise BadInput(f"The 'x' parameter must have the shape ({n}, p). Got {given.shape}.")
    if not np.isfinite(columns).all():
        raise BadInput("The 'x' parameter must be finite.")
    return columns


def basis(columns: Floats, weights: Floats, *, by: str) -> Floats:
    """Return R⁻¹ (p, p), so that x R⁻¹ is orthonormal under the weights (n,); or raise Collinear.

    `by` names the function that asks.
    """
    root = np.sqrt(weights)[:, None]
    length = np.sqrt(((columns * root) ** 2).sum(axis=0))
    _refuse_loose(length == 0, by=by)
    upper = np.linalg.qr(columns * root / length, mode="r")
    free = np.zeros(columns.shape[1])
    free[: len(upper)] = np.abs(np.diagonal(upper))
    _refuse_loose(free <= RANK, by=by)
    inverse: Floats = np.linalg.inv(upper) / length[:, None]
    return inverse


def _refuse_loose(bad: Bools, *, by: str) -> None:
    places = np.flatnonzero(bad).tolist()
    if places:
        text = f"{by} refused: column {named(places)} of 'x' is 0 or a combination of the columns before it."
        raise Collinear(text, items=places)
