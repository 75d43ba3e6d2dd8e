"""Labels as integer codes: sorted once, counted where they are integers, crossed where several are given."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import Ints, frozen
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


def coded(labels: Any, *, n: int, name: str, keep: bool = True) -> Labels:
    """Return the codes of `labels` (n,), or of the crossing of a tuple of label arrays.

    Codes that are not to `keep` may be the array of labels itself, looked at and not copied.

    Raises BadInput for a wrong length, two dimensions, a missing label, or labels that don't sort.
    """
    if _is_crossing(labels):
        return _crossed([coded(part, n=n, name=name) for part in labels])
    found = _by_kind(labels, name=name, keep=keep)
    if len(found.codes) != n:
        raise BadInput(f"The {name!r} parameter must have one label per row: {n}. Got {len(found.codes)}.")
    return found


def _is_crossing(labels: Any) -> bool:
    return isinstance(labels, tuple) and any(isinstance(part, (list, tuple, np.ndarray)) for part in labels)


def _by_kind(labels: Any, *, name: str, keep: bool) -> Labels:
    if not hasattr(labels, "__array__"):
        return _by_sorting(list(labels), name=name)
    array = np.asarray(labels)
    if array.ndim != 1:
        raise BadInput(f"The {name!r} parameter must have one dimension. Got the shape {array.shape}.")
    if array.dtype.kind in "iu" and array.size and int(array.max()) - int(array.min()) <= ROOM * array.size:
        return _by_counting(array, keep=keep)
    return _by_sorting(array.tolist(), name=name)


def _by_counting(array: NDArray[Any], *, keep: bool) -> Labels:
    low = int(array.min())
    codes = array.astype(np.int64, copy=keep or low != 0)
    if low:
        codes -= low
    present = np.bincount(codes) > 0
    if present.all():
        return Labels(frozen(codes.view()), tuple(range(low, low + len(present))))
    levels = tuple((np.flatnonzero(present) + low).tolist())
    return Labels(frozen((np.cumsum(present) - 1)[codes]), levels)


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


def crossed(first: Ints, second: Ints, *, sizes: tuple[int, int], ordered: bool = True) -> Pairs:
    """Return the pairs of two codes per row; linear where one coding is nested in the other.

    The pairs are sorted, unless they needn't be `ordered`. Memory is that of the rows, never the product of
    the two sizes.
    """
    if (outer := _outer(first, inside=second, size=sizes[1])) is not None:
        kept, codes = _compressed(second, size=sizes[1])
        pairs = Pairs(codes, outer[kept], kept)
        return _sorted(pairs) if ordered else pairs
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


def runs_of(codes: Ints) -> Ints | None:
    """Return where each code's rows begin if they lie together, every code from 0 on in order; else None."""
    if not codes.size or not (codes[1:] >= codes[:-1]).all():
        return None
    return np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])


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
