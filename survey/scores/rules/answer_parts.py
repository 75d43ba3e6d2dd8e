"""Answers of a wave by the release that counted them last: what all its releases tell, they tell of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from survey.scores.rules.columns import Floats, Ints
from survey.scores.rules.evidence import Evidence, Holding, Told
from survey.scores.rules.published import COMPLETES, HOUSEHOLDS

LATER = HOUSEHOLDS + 1
"""How answers are counted by the weights of the second release; those of the third follow."""


@dataclass(frozen=True, eq=False)
class AnswerParts:
    """Answers to one item of a wave with several releases, the first one first.

    `holding` has a stratum for each stratum (H,) and each release (R,), one release after the other: the
    answers that this release counts and no later one does. `counts` (2 + R, R·H) are the ways in which a sum
    counts them, `weighted` says for each release by which of them its shares are weighted.
    """

    holding: Holding
    counts: Floats
    weighted: Sequence[int]
    strata: int

    @property
    def releases(self) -> int:
        """How many releases there are."""
        return len(self.weighted)

    def counted(self, strata: Ints, release: int) -> Ints:
        """All that a release counts of these strata; releases count from 0."""
        later = range(release, self.releases)
        out: Ints = np.concatenate([strata + self.strata * each for each in later])
        return out

    def undone(self, strata: Ints, release: int) -> Ints:
        """What a release no longer counts of these strata, and the one before it did."""
        return strata + self.strata * (release - 1)

    @property
    def twin(self) -> Ints:
        """Of what was undone, what is left of the same stratum: older releases tell their sum alone."""
        last = (self.releases - 1) * self.strata
        out: Ints = np.concatenate(
            [np.tile(np.arange(last, last + self.strata), self.releases - 1), np.full(self.strata, -1)]
        )
        return out

    def raters(self, places: Ints) -> int:
        """How many rated, of some strata of parts."""
        return int(self.holding.rated[places].sum())


def parted(evidence: Sequence[Evidence], base: str) -> AnswerParts:
    """Return the parts of an item's answers, given what stood behind each release, the first one first."""
    held = [each.holdings[base] for each in evidence]
    size, count = len(evidence[0].strata), len(held)
    ratio = evidence[0].sizes / np.maximum(held[0].rated, 1)
    weights = [np.zeros(size) if each.weights is None else each.weights for each in evidence]
    first, *later = (np.tile(each, count) for each in weights)
    counts = np.stack([np.ones(count * size), first, np.tile(ratio, count), *later])
    kinds = (COMPLETES, *range(LATER, LATER + count - 1))
    return AnswerParts(_holding(held, size=size), counts, kinds, size)


def _holding(held: Sequence[Holding], *, size: int) -> Holding:
    """The releases' answers one after the other, each less those of the next; the tally is of the first."""
    names = ("options", "everyone", "population")
    columns = [_less([getattr(each, name) for each in held]) for name in names]
    told = [replace(each, strata=_tiled(each, len(held), size=size)) for each in held[0].told]
    options, everyone, population = columns
    return Holding(options, held[0].best, everyone, population, told)


def _less(held: Sequence[Ints]) -> Ints:
    out: Ints = np.concatenate([*(one - after for one, after in pairwise(held)), held[-1]])
    return out


def _tiled(told: Told, count: int, *, size: int) -> Ints:
    out: Ints = np.concatenate([told.strata + size * each for each in range(count)])
    return out
