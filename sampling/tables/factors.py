"""Columns of labels whose levels have an order of their own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import Ints, frozen
from sampling.designs.labels import named_levels
from sampling.errors import BadInput, named

GAPS = ("NAType", "NaTType")
"""What pandas calls a value that isn't there."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """Labels of n rows: `codes` (n,) into `levels`, in the order to read these in; -1 is none."""

    codes: Ints
    levels: tuple[Hashable, ...]

    @property
    def labels(self) -> NDArray[Any]:
        """The label of each row (n,); None where there is none."""
        if (self.codes >= 0).all():
            return named_levels(self.levels)[self.codes] if self.levels else np.array([], dtype=object)
        out = np.empty(len(self.codes), dtype=object)
        told = self.codes >= 0
        out[told] = [self.levels[code] for code in self.codes[told].tolist()]
        return out


def factor(labels: Any, levels: Sequence[Hashable] | None = None) -> Factor:
    """Return a column of `labels` (n,), read in the order of `levels`, sorted if none are given.

    None is a missing label. Raises BadInput for a label that isn't among the levels, levels that stand twice,
    and labels that don't sort. R's factor.

    >>> factor(["good", "bad", "good"], levels=["bad", "fair", "good"]).codes.tolist()
    [2, 0, 2]
    """
    given = np.asarray(labels).tolist() if hasattr(labels, "__array__") else list(labels)
    told = {label for label in given if not is_missing(label)}
    order = tuple(_sorted(told) if levels is None else levels)
    code = {label: place for place, label in enumerate(order)}
    unknown = [label for label in told if label not in code]
    if unknown or len(code) < len(order):
        text = "The 'levels' parameter must hold every label once."
        raise BadInput(f"{text} See {named(unknown or order)}.", items=unknown or order)
    codes = [-1 if is_missing(label) else code[label] for label in given]
    return Factor(frozen(np.array(codes, dtype=np.int64)), order)


def is_missing(value: Any) -> bool:
    """Whether a value is none: None, NaN, or what pandas puts there."""
    return value is None or type(value).__name__ in GAPS or (isinstance(value, float) and isnan(value))


def _sorted(labels: set[Any]) -> list[Any]:
    try:
        return sorted(labels)
    except TypeError as fault:
        raise BadInput("The labels don't sort: give their 'levels'.") from fault
