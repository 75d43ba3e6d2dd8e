"""What an array must be before anything is computed from it, and arrays nobody can change afterwards."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sampling.errors import BadInput, named

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

A = TypeVar("A", bound=NDArray[Any])


def frozen(array: A) -> A:
    """Return the array, made read-only."""
    array.flags.writeable = False
    return array


def added(codes: Ints, values: NDArray[Any], *, size: int) -> Floats:
    """Return the sums of `values` (n,) by their `codes` (n,), as floats (size,)."""
    return np.bincount(codes, values, size).astype(np.float64, copy=False)


def numbers(values: Any, *, name: str) -> Floats:
    """Return a copy of `values` as floats, or raise BadInput."""
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise BadInput(f"The {name!r} parameter must hold numbers. Got {values!r:.80}.") from fault


def column(values: Any, *, n: int, name: str) -> Floats:
    """Return a copy of `values` as floats (n,), or raise BadInput."""
    out = numbers(values, name=name)
    if out.shape != (n,):
        raise BadInput(f"The {name!r} parameter must have the shape ({n},). Got {out.shape}.")
    return out


def flags(values: Any, *, n: int, name: str) -> Bools:
    """Return yes and no (n,) given as booleans or as 0 and 1, or raise BadInput."""
    given = column(values, n=n, name=name)
    yes: Bools = given == 1
    refuse(given != yes, name=name, must="be true or false (1 or 0)")
    return yes


def refuse(bad: Bools, *, name: str, must: str, rows: Ints | None = None) -> None:
    """Raise BadInput naming the rows where `bad` is true, if there are any; `rows` are their numbers."""
    places = np.flatnonzero(bad)
    if places.size:
        found = (places if rows is None else rows[places]).tolist()
        raise BadInput(f"The {name!r} parameter must {must}. See row {named(found)}.", items=found)
