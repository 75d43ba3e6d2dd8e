"""The variable of an estimate as columns, and the rows that have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from sampling.designs.arrays import Bools, Floats, numbers, refuse
from sampling.designs.design import SurveyDesign
from sampling.errors import BadInput

Missing = Literal["refuse", "domain"]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Columns (n, k) of y and what they are divided by, `over` (n, k); `flat` where y was given as (n,).

    `complete` marks the rows without a missing value (n,); None means all.
    """

    y: Floats
    over: Floats | None
    flat: bool
    complete: Bools | None


def columns(design: SurveyDesign, y: Any, *, over: Any, missing: Missing, single: bool) -> Columns:
    """Return the columns, or raise BadInput for a wrong shape, an infinite value, or a missing one.

    Only rows of the design's subset are looked at. With missing="domain" rows with NaN leave the domain.
    """
    if missing not in get_args(Missing):
        raise BadInput(f"The 'missing' parameter must be one of {get_args(Missing)}. Got {missing!r}.")
    table = _table(y, n=design.n, single=single)
    below = None if over is None else _below(over, shape=table.shape)
    complete = _complete(table, name="y", design=design, missing=missing)
    if (
        below is not None
        and (whole := _complete(below, name="over", design=design, missing=missing)) is not None
    ):
        complete = whole if complete is None else complete & whole
    return Columns(table, below, np.ndim(y) == 1, complete if missing == "domain" else None)


def _table(y: Any, *, n: int, single: bool) -> Floats:
    given = y if isinstance(y, np.ndarray) and y.dtype == np.float64 else numbers(y, name="y")
    if given.ndim not in (1, 2) or len(given) != n or (single and given.ndim == 2):
        shape = f"({n},)" if single else f"({n},) or ({n}, k)"
        raise BadInput(f"The 'y' parameter must have the shape {shape} here. Got {given.shape}.")
    return given.reshape(n, -1)


def _below(over: Any, *, shape: tuple[int, ...]) -> Floats:
    given = numbers(over, name="over")
    if given.shape not in {(), shape[:1], shape}:
        raise BadInput(f"The 'over' parameter must be one number or have y's rows. Got {given.shape}.")
    return np.broadcast_to(given[:, None] if given.ndim == 1 else given, shape)


def _complete(values: Floats, *, name: str, design: SurveyDesign, missing: Missing) -> Bools | None:
    """Which rows are complete (n,), None for all."""
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum()):
            return None
    here = np.ones(design.n, dtype=bool) if design.inside is None else design.inside
    complete = np.asarray(~np.isnan(values).any(axis=1))
    refuse(np.isinf(values).any(axis=1) & here, name=name, must="be finite")
    if missing == "refuse":
        refuse(~complete & here, name=name, must="hold no NaN (missing='domain' takes the complete rows)")
    return complete
