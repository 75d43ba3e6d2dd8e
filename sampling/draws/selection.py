"""What a draw returns, and how the smallest tickets of each stratum are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.designs.arrays import Bools, Floats, Ints, frozen
from sampling.designs.labels import Labels, named_levels
from sampling.draws.tickets import key_bytes, prefixes, ticket
from sampling.errors import BadInput, named

Prefixes = NDArray[np.uint64]

TOP = 2.0**64 - 2.0**11
"""The largest float that is a whole number of 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The drawn units (m,), by stratum and then by rank.

    `index` is the position in the given units; `rank` counts from 1 in the order of tickets within the
    stratum; `stratum` is '' in a draw without strata; `pi` is the unit's inclusion probability in the main
    sample (reserves carry that of their stratum too).
    """

    index: Ints
    rank: Ints
    ticket: NDArray[np.str_]
    stratum: NDArray[Any]
    pi: Floats


def count(value: Any, *, name: str) -> int:
    """Return a whole number from 0, or raise BadInput."""
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 0:
        raise BadInput(f"The {name!r} parameter must be a whole number from 0. Got {value!r}.", items=[value])
    return int(value)


def drawn(
    units: Sequence[str], labels: Labels, *, key: str, first: Ints, stop: Ints, sizes: Ints
) -> Selection:
    """Return the ranks first + 1 … stop (H,) of every stratum; `sizes` (H,) are those of the main sample."""
    key_bytes(key)
    start = prefixes(key, units)
    _refuse_twice(units, start)
    held = np.bincount(labels.codes, minlength=len(labels.levels))
    near = _nearest(start, labels.codes, held=held, stop=stop)
    order = near[_order(units, labels.codes[near], key=key, start=start[near], places=near)]
    stratum = labels.codes[order]
    there = np.bincount(stratum, minlength=len(labels.levels))
    rank = np.arange(order.size) - (np.cumsum(there) - there)[stratum] + 1
    kept = (rank > first[stratum]) & (rank <= stop[stratum])
    index, stratum = order[kept], stratum[kept]
    return Selection(
        index=frozen(index),
        rank=frozen(rank[kept]),
        ticket=frozen(np.array([ticket(key, units[place]) for place in index], dtype="U64")),
        stratum=frozen(named_levels(labels.levels)[stratum]),
        pi=frozen(sizes[stratum] / held[stratum]),
    )


def _nearest(start: Prefixes, codes: Ints, *, held: Ints, stop: Ints) -> Ints:
    """Positions of the units that can be among the first `stop` of their stratum, and a few more.

    Those whose ticket begins below a bound; a stratum in which fewer than wanted do is taken whole.
    """
    wanted = np.minimum(stop, held)
    generous = np.array([each + isqrt(81 * each) for each in wanted.tolist()], dtype=np.float64)
    share = np.minimum(1.0, generous / np.maximum(held, 1))
    bound = np.minimum(share * 2.0**64, TOP).astype(np.uint64)
    bound[share >= 1] = np.iinfo(np.uint64).max
    near: Bools = start <= bound[codes]
    short = np.bincount(codes[near], minlength=held.size) < wanted
    if short.any():
        near |= short[codes]
    return np.flatnonzero(near)


def refuse_duplicates(units: Sequence[str], *, key: str) -> None:
    """Raise BadInput for a unit given twice."""
    _refuse_twice(units, prefixes(key, units))


def _refuse_twice(units: Sequence[str], start: Prefixes) -> None:
    """Refuse a unit given twice. Equal units have equal prefixes: only those need a look."""
    ordered = np.sort(start)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not shared.size:
        return
    suspects = Counter(units[place] for place in np.flatnonzero(np.isin(start, shared)).tolist())
    twice = sorted(unit for unit, times in suspects.items() if times > 1)
    if twice:
        raise BadInput(f"The 'units' parameter must name each unit once. See {named(twice)}.", items=twice)


def _order(units: Sequence[str], codes: Ints, *, key: str, start: Prefixes, places: Ints) -> Ints:
    """Order by stratum, ticket, unit; whole tickets are compared only where eight bytes are equal.

    `codes` and `start` are those of the units at `places`.
    """
    order = np.lexsort((start, codes))
    same = (start[order][1:] == start[order][:-1]) & (codes[order][1:] == codes[order][:-1])
    edges = np.diff(np.concatenate(([False], same, [False])).astype(np.int8))
    for begin, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) + 1, strict=True):
        run = order[begin:end].tolist()
        order[begin:end] = sorted(run, key=lambda at: _whole(units[int(places[at])], key))
    return order


def _whole(unit: str, key: str) -> tuple[str, str]:
    return ticket(key, unit), unit
