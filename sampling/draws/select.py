"""Draws without replacement by tickets: anybody with the key and the list of units finds the same sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from numbers import Integral
from typing import Any, Literal

import numpy as np

from sampling.designs.arrays import Ints, frozen
from sampling.designs.labels import Labels, coded
from sampling.draws import rivest
from sampling.draws.joint import joint_probabilities
from sampling.draws.selection import Selection, count, drawn, refuse_duplicates
from sampling.draws.tickets import key_bytes, ticket
from sampling.draws.unequal import inclusion_probabilities, pps
from sampling.errors import BadInput, TooFew, named

__all__ = [
    "Selection",
    "inclusion_probabilities",
    "joint_probabilities",
    "pps",
    "srs",
    "stratified",
    "systematic",
]

Order = Literal["ticket", "rivest"]


def srs(
    units: Sequence[str],
    n: int,
    *,
    key: str,
    first: int = 0,
    order: Order = "ticket",
    replace: bool = False,
) -> Selection:
    """Return the `n` units of smallest ticket after skipping the `first` ones.

    A simple random sample without replacement, and so is every prefix of it: a larger `n` keeps what was
    drawn. The order of `units` doesn't matter. With order="rivest" tickets are Rivest's fractions, and with
    `replace` a unit may come again; `pi` is then the expected number of times. Formula (17) of method.md.
    Raises TooFew where first + n exceeds the units, BadInput for duplicates, for another order and for
    `replace` with tickets.

    >>> from sampling import tickets
    >>> srs(["甲", "乙", "丙"], 2, key=tickets.key("example")).rank.tolist()
    [1, 2]
    """
    size, skipped = count(n, name="n"), count(first, name="first")
    if order not in {"ticket", "rivest"} or (replace and order == "ticket"):
        raise BadInput(f"The 'order' parameter must be 'ticket', or 'rivest' to replace. Got {order!r}.")
    if skipped + size > len(units) and not (replace and units):
        raise TooFew(f"srs refused: {skipped + size} units were asked for, {len(units)} are there.")
    if order == "rivest":
        return _consistent(units, first=skipped, stop=skipped + size, key=key, replace=replace)
    everyone = Labels(np.zeros(len(units), dtype=np.int64), ("",))
    start = np.array([skipped])
    return drawn(units, everyone, key=key, first=start, stop=start + size, sizes=np.array([size]))


def _consistent(units: Sequence[str], *, first: int, stop: int, key: str, replace: bool) -> Selection:
    refuse_duplicates(units, key=key)
    found = list(islice(rivest.order(units, key=key, replace=replace), first, stop))
    return Selection(
        index=frozen(np.array([at for _, at, _ in found], dtype=np.int64)),
        rank=frozen(np.arange(first + 1, stop + 1)),
        ticket=frozen(np.array([fraction for fraction, _, _ in found], dtype=np.str_)),
        stratum=frozen(np.full(len(found), "", dtype="U1")),
        pi=frozen(np.full(len(found), (stop - first) / max(1, len(units)))),
    )


def systematic(units: Sequence[str], n: int, *, key: str) -> Selection:
    """Return every N/n-th of the `units` in their order, from a start that the key decides.

    r = ticket(key, "systematic") mod N, positions ⌊(r + jN)/n⌋ for j = 0 … n - 1, whole numbers only: each
    unit's chance is n/N exactly. Here the order of `units` does matter: sort them by what the sample should
    spread over. Formula (18) of method.md; Cochran (1977), Sampling Techniques, chapter 8. Raises TooFew
    where n exceeds the units, BadInput for duplicates.

    >>> from sampling import tickets
    >>> systematic([f"H{number}" for number in range(10)], 3, key=tickets.key("example")).index.tolist()
    [1, 4, 7]
    """
    key_bytes(key)
    size, total = count(n, name="n"), len(units)
    refuse_duplicates(units, key=key)
    if size > total:
        raise TooFew(f"systematic refused: {size} units were asked for, {total} are there.")
    start = int(ticket(key, "systematic"), 16) % total if total else 0
    index = [(start + turn * total) // size for turn in range(size)]
    return Selection(
        index=frozen(np.array(index, dtype=np.int64)),
        rank=frozen(np.arange(1, size + 1)),
        ticket=frozen(np.array([ticket(key, units[at]) for at in index], dtype="U64")),
        stratum=frozen(np.full(size, "", dtype="U1")),
        pi=frozen(np.full(size, size / max(1, total))),
    )


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
    Formula (17) of method.md.

    >>> key, units = "0" * 64, ["a", "b", "c", "d", "e", "f"]
    >>> stratified(units, ["E", "E", "E", "H", "H", "H"], 1, key=key, reserve=1).rank.tolist()
    [1, 2, 1, 2]
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
    return drawn(units, labels, key=key, first=np.zeros_like(stop), stop=stop, sizes=sizes)


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
    return np.array([count(size, name=name) for size in given], dtype=np.int64)
