"""Labels as integer codes: sorted once, counted where they are integers, crossed where several are given."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.arrays import Ints, frozen
from sampling.errors import BadInput

ROOM = 4
"""Integer labels are counted where their range is at most this many times the rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """One code per row (n,) into the sorted `levels`."""

    codes: Ints
    levels: tuple[Hashable, ...]

    @property
    def names(self) -> NDArray[Any]:
        """The label of each row (n,)."""
        return named_levels(self.levels)[self.codes]


def named_levels(levels: Sequence[Hashable]) -> NDArray[Any]:
    """Return levels as an array; tuples stay whole, in an array of objects."""
    if levels and isinstance(levels[0], tuple):
        out = np.empty(len(levels), dtype=object)
        out[:] = levels
        return out
    return np.asarray(levels)


def coded(labels: Any, *, n: int, name: str) -> Labels:
    """Return the codes of `labels` (n,), or of the crossing of a tuple of label arrays.

    Raises BadInput for a wrong length, two dimensions, a missing label, or labels that don't sort.
    """
    if _is_crossing(labels):
        return _crossed([coded(part, n=n, name=name) for part in labels])
    found = _by_kind(labels, name=name)
    if len(found.codes) != n:
        raise BadInput(f"The {name!r} parameter must have one label per row: {n}. Got {len(found.codes)}.")
    return found


def _is_crossing(labels: Any) -> bool:
    return isinstance(labels, tuple) and any(isinstance(part, (list, tuple, np.ndarray)) for part in labels)


def _by_kind(labels: Any, *, name: str) -> Labels:
    if not hasattr(labels, "__array__"):
        return _by_sorting(list(labels), name=name)
    array = np.asarray(labels)
    if array.ndim != 1:
        raise BadInput(f"The {name!r} parameter must have one dimension. Got the shape {array.shape}.")
    if array.dtype.kind in "iu" and array.size and int(array.max()) - int(array.min()) <= ROOM * array.size:
        return _by_counting(array)
    return _by_sorting(array.tolist(), name=name)


def _by_counting(array: NDArray[Any]) -> Labels:
    low = array.min()
    shifted = array.astype(np.int64) - low.astype(np.int64)
    present = np.bincount(shifted) > 0
    levels = tuple(place + int(low) for place in np.flatnonzero(present).tolist())
    return Labels(frozen((np.cumsum(present) - 1)[shifted]), levels)


def _by_sorting(values: list[Any], *, name: str) -> Labels:
    try:
        distinct = set(values)
        if any(label is None or (isinstance(label, float) and isnan(label)) for label in distinct):
            raise BadInput(f"The {name!r} parameter must have no missing label. Got None or NaN.")
        levels = tuple(sorted(distinct))
    except TypeError as fault:
        raise BadInput(f"The {name!r} parameter must hold labels that sort. Got a mixture.") from fault
    code = {label: place for place, label in enumerate(levels)}
    codes = np.fromiter((code[value] for value in values), dtype=np.int64, count=len(values))
    return Labels(frozen(codes), levels)


def _crossed(parts: Sequence[Labels]) -> Labels:
    codes = parts[0].codes
    levels: tuple[tuple[Hashable, ...], ...] = tuple((level,) for level in parts[0].levels)
    for part in parts[1:]:
        pairs = crossed(codes, part.codes, sizes=(len(levels), len(part.levels)))
        codes = pairs.codes
        levels = tuple(
            (*levels[a], part.levels[b])
            for a, b in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
        )
    return Labels(codes, levels)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The pairs of two codings that occur: each row's pair (n,), and what each pair is made of (pairs,)."""

    codes: Ints
    first: Ints
    second: Ints


def crossed(first: Ints, second: Ints, *, sizes: tuple[int, int]) -> Pairs:
    """Return the pairs of two codes per row, sorted; linear where one coding is nested in the other.

    Memory is that of the rows, never the product of the two sizes.
    """
    if (outer := _outer(first, inside=second, size=sizes[1])) is not None:
        kept, codes = _compressed(second, size=sizes[1])
        return _sorted(Pairs(codes, outer[kept], kept))
    if (outer := _outer(second, inside=first, size=sizes[0])) is not None:
        kept, codes = _compressed(first, size=sizes[0])
        return Pairs(codes, kept, outer[kept])
    joint = first * sizes[1] + second
    size = sizes[0] * sizes[1]
    if size <= ROOM * len(joint):
        kept, codes = _compressed(joint, size=size)
    else:
        kept, codes = np.unique(joint, return_inverse=True)
    return Pairs(codes, kept // sizes[1], kept % sizes[1])


def _outer(labels: Ints, *, inside: Ints, size: int) -> Ints | None:
    """The one label that goes with each of `inside`, or None where some have two."""
    found = np.zeros(size, dtype=np.int64)
    found[inside] = labels
    return found if np.array_equal(found[inside], labels) else None


def _compressed(codes: Ints, *, size: int) -> tuple[Ints, Ints]:
    present = np.bincount(codes, minlength=size) > 0
    kept = np.flatnonzero(present)
    return kept, codes if len(kept) == size else (np.cumsum(present) - 1)[codes]


def _sorted(pairs: Pairs) -> Pairs:
    if (np.diff(pairs.first) >= 0).all():
        return pairs
    order = np.lexsort((pairs.second, pairs.first))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return Pairs(place[pairs.codes], pairs.first[order], pairs.second[order])
