"""Draws without replacement by tickets: anybody with the key and the list of units finds the same sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.arrays import Floats, Ints, frozen
from sampling.errors import BadInput, TooFew, named
from sampling.labels import Labels, coded, named_levels
from sampling.tickets import key_bytes, prefixes, ticket


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


def srs(units: Sequence[str], n: int, *, key: str, first: int = 0) -> Selection:
    """Return the `n` units of smallest ticket after skipping the `first` ones.

    A simple random sample without replacement, and so is every prefix of it: a larger `n` keeps what was
    drawn. The order of `units` doesn't matter. Raises TooFew where first + n exceeds the units, BadInput for
    duplicates.

    >>> from sampling import tickets
    >>> srs(["甲", "乙", "丙"], 2, key=tickets.key("example")).rank.tolist()
    [1, 2]
    """
    size, skipped = _count(n, name="n"), _count(first, name="first")
    everyone = Labels(np.zeros(len(units), dtype=np.int64), ("",))
    if skipped + size > len(units):
        raise TooFew(f"srs refused: {skipped + size} units were asked for, {len(units)} are there.")
    start = np.array([skipped])
    return _drawn(units, everyone, key=key, first=start, stop=start + size, sizes=np.array([size]))


def stratified(
    units: Sequence[str],
    strata: Any,
    n: int | Mapping[Any, int] | Sequence[int],
    *,
    key: str,
    reserve: int | Mapping[Any, int] | Sequence[int] = 0,
) -> Selection:
    """Return the `n` units of smallest ticket of each stratum, and the next `reserve` ranks behind them.

    `n` and `reserve` are one number for all strata, a mapping stratum → number, or one number per stratum in
    sorted order. Reserves end where the stratum does. Neither the order of `units` nor other strata matter.
    Raises TooFew where a stratum holds fewer than its `n`, BadInput for duplicate units and unknown strata.
    """
    labels = coded(strata, n=len(units), name="strata")
    sizes = _per_stratum(n, labels, name="n")
    held = np.bincount(labels.codes, minlength=len(labels.levels))
    short = [labels.levels[h] for h in np.flatnonzero(sizes > held)]
    if short:
        raise TooFew(
            f"stratified refused: more were asked for than there are in {named(short)}.", items=short
        )
    stop = np.minimum(held, sizes + _per_stratum(reserve, labels, name="reserve"))
    return _drawn(units, labels, key=key, first=np.zeros_like(stop), stop=stop, sizes=sizes)


def _per_stratum(given: Any, labels: Labels, *, name: str) -> Ints:
    levels = labels.levels
    if isinstance(given, Integral):
        given = [given] * len(levels)
    elif isinstance(given, Mapping):
        wrong = sorted(set(levels) ^ set(given), key=repr)
        if wrong:
            text = f"The {name!r} parameter must name exactly the strata of the units. See {named(wrong)}."
            raise BadInput(text, items=wrong)
        given = [given[level] for level in levels]
    if not hasattr(given, "__len__") or len(given) != len(levels):
        raise BadInput(f"The {name!r} parameter must have {len(levels)} whole numbers. Got {given!r:.80}.")
    return np.array([_count(size, name=name) for size in given], dtype=np.int64)


def _count(value: Any, *, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 0:
        raise BadInput(f"The {name!r} parameter must be a whole number from 0. Got {value!r}.", items=[value])
    return int(value)


def _drawn(
    units: Sequence[str], labels: Labels, *, key: str, first: Ints, stop: Ints, sizes: Ints
) -> Selection:
    key_bytes(key)
    start = prefixes(key, units)
    _refuse_duplicates(units, start)
    order = _order(units, labels.codes, key=key, start=start)
    stratum = labels.codes[order]
    held = np.bincount(labels.codes, minlength=len(labels.levels))
    rank = np.arange(len(units)) - (np.cumsum(held) - held)[stratum] + 1
    kept = (rank > first[stratum]) & (rank <= stop[stratum])
    index, stratum = order[kept], stratum[kept]
    return Selection(
        index=frozen(index),
        rank=frozen(rank[kept]),
        ticket=frozen(np.array([ticket(key, units[place]) for place in index], dtype="U64")),
        stratum=frozen(named_levels(labels.levels)[stratum]),
        pi=frozen(sizes[stratum] / held[stratum]),
    )


def _refuse_duplicates(units: Sequence[str], start: NDArray[np.uint64]) -> None:
    """Refuse a unit given twice. Equal units have equal prefixes: only those need a look."""
    ordered = np.sort(start)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not shared.size:
        return
    suspects = Counter(units[place] for place in np.flatnonzero(np.isin(start, shared)).tolist())
    twice = sorted(unit for unit, times in suspects.items() if times > 1)
    if twice:
        raise BadInput(f"The 'units' parameter must name each unit once. See {named(twice)}.", items=twice)


def _order(units: Sequence[str], codes: Ints, *, key: str, start: NDArray[np.uint64]) -> Ints:
    """Positions by stratum, ticket, unit; whole tickets are compared only where eight bytes are equal."""
    order = np.lexsort((start, codes))
    same = (start[order][1:] == start[order][:-1]) & (codes[order][1:] == codes[order][:-1])
    edges = np.diff(np.concatenate(([False], same, [False])).astype(np.int8))
    for begin, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) + 1, strict=True):
        run = order[begin:end].tolist()
        order[begin:end] = sorted(run, key=lambda place: (ticket(key, units[place]), units[place]))
    return order
