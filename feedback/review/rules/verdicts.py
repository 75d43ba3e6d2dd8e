"""A rating is excluded by two reviewers who each give a reason, and by nobody of the worker's line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from huying.base.i18n import Lazy, lazy

NEEDED = 2
REASONS: Mapping[str, Lazy] = {
    "wrong_case": lazy("误评：评的不是这件事"),
    "not_resident": lazy("不是居民本人评的"),
    "pressed": lazy("有人代评、逼评或买评"),
    "abuse": lazy("恶意：只骂人，不说事"),
    "genuine": lazy("看过了，是真的"),
}
EXCLUDING = frozenset(REASONS) - {"genuine"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one reviewer decided."""

    by: str
    verdict: str


def excluded(verdicts: Iterable[Verdict]) -> bool:
    """Tell whether a rating is excluded: two different people said so, and nobody else counts."""
    return len({each.by for each in verdicts if each.verdict == "exclude"}) >= NEEDED


def settled(verdicts: Collection[Verdict]) -> bool:
    """Tell whether nobody has to look any more: two have agreed, one way or the other."""
    said = [each.verdict for each in verdicts]
    return max((said.count(word) for word in set(said)), default=0) >= NEEDED


def outside(line: Iterable[str], *, area_code: str | None) -> bool:
    """Tell whether a reviewer is outside a worker's line: `line` are the areas from grid to street.

    A reviewer of no area belongs to the city and to no line.
    """
    return area_code is None or area_code not in set(line)
