"""Rivest's consistent sampling, with replacement too: another order of the same digests, for comparison.

Never for a wave: a published order that nobody else uses is one more thing to explain.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from hashlib import sha256

from sampling.draws.tickets import key_bytes

DIGITS = 64
LARGEST_DIGIT = "9"

Ticket = tuple[str, int, int]
"""A fraction `0.ddd…` as text, the unit's position, and how often it has been drawn with this one."""


def order(units: Sequence[str], *, key: str, replace: bool) -> Iterator[Ticket]:
    """Yield tickets from the smallest: each unit once, or again and again with `replace`.

    The fraction is the digest of key and unit as a decimal number of 64 digits or more, read backwards. A
    unit that comes again has the next fraction above the one it came with (Rivest 2018, arXiv:1808.10016).

    >>> [at for _, at, _ in order(["a", "b", "c"], key="0" * 64, replace=False)]
    [2, 0, 1]
    """
    start = key_bytes(key)
    waiting = [(_fraction(start + unit.encode()), at, 1) for at, unit in enumerate(units)]
    heapq.heapify(waiting)
    while waiting:
        fraction, at, times = waiting[0]
        yield fraction, at, times
        if replace:
            heapq.heapreplace(waiting, (following(fraction), at, times + 1))
        else:
            heapq.heappop(waiting)


def following(fraction: str) -> str:
    """Return a pseudo-random fraction above `fraction`: its leading nines, then digests in counter mode.

    >>> following("0.25471")[:12]
    '0.6428532616'
    """
    nines = len(fraction) - len(fraction[2:].lstrip(LARGEST_DIGIT))
    kept, least, counter = fraction[:nines], f"{fraction}0", 0
    while True:
        counter += 1
        found = kept + _fraction(f"{fraction}:{counter}".encode())[2:]
        if found > least:
            return found


def _fraction(data: bytes) -> str:
    return "0." + str(int.from_bytes(sha256(data).digest(), "big")).zfill(DIGITS)[::-1]
