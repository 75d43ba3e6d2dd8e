"""What looks odd in ratings: reasons to look, never to drop. A pure function of how they came in."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import combinations

from huying.base.i18n import Lazy, lazy

DAY = timedelta(days=1)
AFTER_SHOWN = timedelta(seconds=3)
AFTER_ISSUE = timedelta(seconds=20)
MOST_OF_ONE_NETWORK = 5
BASELINE = timedelta(days=56)
BURST_AT_LEAST = 5
BURST_CHANCE = 0.001
RUN = 10
"""So many answers of one worker in a row that are all 5 are looked at."""
SHORTEST_WORDS = 6
NEAR = 3
"""Bits of 64 in which two texts may differ and still say the same."""
BITS = 64
NOT_WORDS = re.compile(r"[\W_]+")

SIGNALS: Mapping[str, Lazy] = {
    "quick": lazy("答得太快"),
    "network": lazy("同一网络一天里评了同一人多次"),
    "staff": lazy("来自工作人员用的网络"),
    "burst": lazy("一天里突然很多"),
    "fives": lazy("连着全是 5 分"),
    "words": lazy("话一模一样"),
}


@dataclass(frozen=True, slots=True)
class GivenRating:
    """A rating as far as signals look: whose conduct, when issued, shown and given, from which network."""

    id: int
    worker: str
    issued_at: datetime
    at: datetime
    shown_at: datetime | None = None
    network: bytes | None = None
    of_staff: bool = False
    marks: tuple[int | None, int | None] = (None, None)
    words: str = ""


def signals(ratings: Iterable[GivenRating]) -> dict[int, frozenset[str]]:
    """Return the signals of each rating that has any; the order of `ratings` doesn't matter."""
    given = sorted(ratings, key=lambda each: (each.at, each.id))
    found: dict[int, set[str]] = defaultdict(set)
    for code, look in _LOOKS.items():
        for identity in look(given):
            found[identity].add(code)
    return {identity: frozenset(codes) for identity, codes in found.items()}


def quick(given: Sequence[GivenRating]) -> set[int]:
    """Ratings given sooner than anybody reads: after the form was shown, or after the link was sent."""
    return {each.id for each in given if _too_quick(each)}


def network(given: Sequence[GivenRating]) -> set[int]:
    """Ratings of one worker's cases of which so many came from one network within a day."""
    groups: dict[tuple[str, bytes], list[GivenRating]] = defaultdict(list)
    for each in given:
        if each.network is not None:
            groups[each.worker, each.network].append(each)
    return {found for group in groups.values() for found in _crowded(group, least=MOST_OF_ONE_NETWORK)}


def staff(given: Sequence[GivenRating]) -> set[int]:
    """Ratings that came from a network of which somebody of the staff had signed in."""
    return {each.id for each in given if each.of_staff}


def bursts(given: Sequence[GivenRating]) -> set[int]:
    """Ratings of a worker in a day that holds more than that worker's own pace lets happen by chance."""
    found: set[int] = set()
    for own in _by_worker(given).values():
        for first in own:
            window = [each for each in own if timedelta() <= each.at - first.at < DAY]
            if len(window) >= BURST_AT_LEAST and _chance(own, window) < BURST_CHANCE:
                found |= {each.id for each in window}
    return found


def fives(given: Sequence[GivenRating]) -> set[int]:
    """Ratings in a run of one worker's that are all 5 in both marks."""
    found: set[int] = set()
    for own in _by_worker(given).values():
        run: list[int] = []
        for each in own:
            run = [*run, each.id] if each.marks == (5, 5) else []
            if len(run) >= RUN:
                found |= set(run)
    return found


def same_words(given: Sequence[GivenRating]) -> set[int]:
    """Ratings whose words say the same as another's, but for signs and blanks."""
    worded = [(each.id, simhash(text)) for each in given if len(text := _plain(each.words)) >= SHORTEST_WORDS]
    alike: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for identity, bits in worded:
        # Of four parts, one is the same where no more than three bits differ.
        for part in range(0, BITS, BITS // (NEAR + 1)):
            alike[part, bits >> part & 0xFFFF].append((identity, bits))
    pairs = (pair for group in alike.values() for pair in combinations(group, 2))
    near = ((one, other) for (one, mine), (other, its) in pairs if (mine ^ its).bit_count() <= NEAR)
    return {identity for pair in near for identity in pair}


def simhash(text: str) -> int:
    """Return 64 bits that two texts share the more of, the more pairs of characters they share."""
    sums = [0] * BITS
    for start in range(max(len(text) - 1, 1)):
        digest = int.from_bytes(sha256(text[start : start + 2].encode()).digest()[:8], "big")
        for bit in range(BITS):
            sums[bit] += 1 if digest >> bit & 1 else -1
    return sum(1 << bit for bit in range(BITS) if sums[bit] > 0)


def at_least(count: int, mean: float) -> float:
    """Return the chance that a Poisson count of this mean is `count` or more."""
    if count <= 0:
        return 1.0
    term = below = math.exp(-mean)
    for k in range(1, count):
        term *= mean / k
        below += term
    return max(0.0, 1.0 - below)


def _too_quick(each: GivenRating) -> bool:
    after_shown = each.shown_at is not None and each.at - each.shown_at < AFTER_SHOWN
    return after_shown or each.at - each.issued_at < AFTER_ISSUE


def _crowded(group: Sequence[GivenRating], *, least: int) -> set[int]:
    found: set[int] = set()
    for first in group:
        window = {each.id for each in group if timedelta() <= each.at - first.at < DAY}
        if len(window) >= least:
            found |= window
    return found


def _chance(own: Sequence[GivenRating], window: Sequence[GivenRating]) -> float:
    """Return how likely so many in a day are, by the worker's pace in the eight weeks before."""
    begin = window[0].at
    before = sum(timedelta() < begin - each.at <= BASELINE for each in own)
    # Half a rating more: who was never rated before has a pace too.
    return at_least(len(window), (before + 0.5) / (BASELINE / DAY))


def _by_worker(given: Sequence[GivenRating]) -> dict[str, list[GivenRating]]:
    groups: dict[str, list[GivenRating]] = defaultdict(list)
    for each in given:
        groups[each.worker].append(each)
    return groups


def _plain(text: str) -> str:
    return NOT_WORDS.sub("", unicodedata.normalize("NFKC", text).lower())


_LOOKS: Mapping[str, Callable[[Sequence[GivenRating]], set[int]]] = {
    "quick": quick,
    "network": network,
    "staff": staff,
    "burst": bursts,
    "fives": fives,
    "words": same_words,
}
