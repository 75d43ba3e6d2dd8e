"""Draws in which larger units have larger chances."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal

import numpy as np

from sampling.designs.arrays import Floats, frozen, numbers, refuse
from sampling.draws.selection import Selection, count, refuse_duplicates
from sampling.draws.tickets import key_bytes, ticket
from sampling.errors import BadInput, TooFew

Method = Literal["sequential_poisson", "pareto", "systematic"]
DIGITS, SHIFT = 15, 40
LARGEST = 1 << 46
"""The sizes' sum must stay below this, so that keys stay below 2¹²⁷ and any engine can hold them."""


def inclusion_probabilities(size: Any, n: int) -> Floats:
    """Return the chances (N,), proportional to `size` (N,), of units in a sample of `n`; they sum to n.

    Units for which n·x/Σx reaches 1 are certain; the rest of n is spread over the others, again until none
    is. Units of size 0 are never drawn. Särndal, Swensson and Wretman (1992), section 3.6.2; R's
    inclusionprobabilities. Raises BadInput for sizes below 0, TooFew where fewer than n have a size.
    Formula (19) of method.md.

    >>> inclusion_probabilities([1, 2, 7], 2).round(4).tolist()
    [0.3333, 0.6667, 1.0]
    """
    x, wanted = numbers(size, name="size"), count(n, name="n")
    if x.ndim != 1:
        raise BadInput(f"The 'size' parameter must have one dimension. Got {x.shape}.")
    refuse(~(np.isfinite(x) & (x >= 0)), name="size", must="be finite and not below 0")
    if wanted > (x > 0).sum():
        raise TooFew(
            f"inclusion_probabilities refused: {wanted} were asked for, {(x > 0).sum()} have a size."
        )
    certain = np.zeros(x.size, dtype=bool)
    while True:
        left, rest = wanted - certain.sum(), x[~certain].sum()
        chance = np.where(certain, 1.0, left * x / rest if rest > 0 else 0.0)
        more = ~certain & (chance >= 1)
        if not more.any():
            return frozen(chance)
        certain |= more


def pps(
    units: Sequence[str], size: Sequence[int], n: int, *, key: str, method: Method = "sequential_poisson"
) -> Selection:
    """Return a sample of `n` in which a unit's chance is nearly proportional to its whole `size` x ≥ 1.

    Certain units first, by ticket; then the n smallest of ⌊u·2⁴⁰/x⌋, u the first 60 bits of the ticket, ties
    by ticket and unit. `pi` are the chances aimed at. Formula (19) of method.md; Ohlsson (1998), Journal of
    Official Statistics 14: 149-162. Raises TooFew where n exceeds the units, BadInput for duplicates, sizes
    that aren't whole or sum to 2⁴⁶, and methods that aren't there.

    >>> from sampling import tickets
    >>> pps(["甲", "乙", "丙"], [1, 1, 8], 2, key=tickets.key("example")).index.tolist()
    [2, 0]
    """
    if method != "sequential_poisson":
        known = method in {"pareto", "systematic"}
        raise BadInput(f"The 'method' parameter {method!r} isn't there{' yet' if known else ''}.")
    key_bytes(key)
    sizes, wanted = _sizes(size, n=len(units)), count(n, name="n")
    refuse_duplicates(units, key=key)
    if wanted > len(units):
        raise TooFew(f"pps refused: {wanted} units were asked for, {len(units)} are there.")
    tickets = [ticket(key, unit) for unit in units]
    certain = _certain(sizes, wanted)
    keys = poisson_keys(tickets, sizes)
    ranks = {
        at: (at not in certain, 0 if at in certain else keys[at], tickets[at], units[at])
        for at in range(len(units))
    }
    order = sorted(ranks, key=ranks.__getitem__)[:wanted]
    left, total = wanted - len(certain), sum(x for at, x in enumerate(sizes) if at not in certain)
    chances = [1.0 if at in certain else left * sizes[at] / total for at in order]
    return Selection(
        index=frozen(np.array(order, dtype=np.int64)),
        rank=frozen(np.arange(1, wanted + 1)),
        ticket=frozen(np.array([tickets[at] for at in order], dtype="U64")),
        stratum=frozen(np.full(wanted, "", dtype="U1")),
        pi=frozen(np.array(chances, dtype=np.float64)),
    )


def poisson_keys(tickets: Sequence[str], sizes: Sequence[int]) -> list[int]:
    """Return ⌊u·2⁴⁰/x⌋ for each ticket (hexadecimal) and size, exact whole numbers."""
    return [(int(each[:DIGITS], 16) << SHIFT) // x for each, x in zip(tickets, sizes, strict=True)]


def _sizes(size: Sequence[int], *, n: int) -> list[int]:
    bad = [at for at, x in enumerate(size) if not _is_size(x)]
    if len(size) != n or bad:
        raise BadInput(f"The 'size' parameter must hold {n} whole numbers from 1. See {bad[:3]}.", items=bad)
    sizes = [int(x) for x in size]
    if sum(sizes) >= LARGEST:
        raise BadInput(f"The 'size' parameter must sum to less than 2⁴⁶. Got {sum(sizes):,}.")
    return sizes


def _is_size(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) >= 1


def _certain(sizes: Sequence[int], n: int) -> set[int]:
    """Units with n·x ≥ Σx, taken first; again with what is left, until there are none. Whole numbers only."""
    certain: set[int] = set()
    while True:
        left, total = n - len(certain), sum(x for at, x in enumerate(sizes) if at not in certain)
        more = {at for at, x in enumerate(sizes) if at not in certain and left * x >= total}
        if not more or not left:
            return certain
        certain |= more
