"""What is published of one item as sums over areas, and by how much each may change and look the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from survey.scores.rules.columns import Bools, Floats, Ints
from survey.scores.rules.evidence import Evidence, Holding
from survey.scores.rules.pipeline import PlaceFigure

ANSWERS, COMPLETES, HOUSEHOLDS = 0, 1, 2
"""How a sum counts an answer: as one, by its complete's weight, by the tally's households an answer."""


@dataclass(frozen=True, slots=True, eq=False)
class SumBound:
    """A sum over an area that is published: by how much it may change and look the same.

    It sums answers of `options` (K,), each counted by `kind`.
    """

    kind: int
    options: Bools
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PublishedSums:
    """What is published of one item and its wider count: bounds by area, the areas of each stratum.

    `above` (L, H) are the areas that each stratum lies in, as places in `bounds`; -1 for none. `twin` (H,) is
    the stratum that loses what a stratum gains, so that their sum stays; -1 for none.
    """

    holding: Holding
    counts: Floats
    above: Ints
    bounds: Sequence[Sequence[SumBound]]
    twin: Ints | None = None

    def block(self, stratum: int) -> tuple[int, ...]:
        """The areas whose answers are told exactly: what one stratum loses another of them has to gain."""
        return self._blocks[stratum]

    @cached_property
    def _blocks(self) -> list[tuple[int, ...]]:
        exact = [any(map(_exact, each)) for each in self.bounds]
        told = [tuple(area for area in above if area >= 0 and exact[area]) for above in self.above.T.tolist()]
        if self.twin is None:
            return told
        # What a stratum and its twin share in doesn't change.
        return [_apart(each, told[at]) if at >= 0 else each for each, at in zip(told, self.twin, strict=True)]

    def twins(self, strata: Ints) -> Ints:
        """The twin of each of these strata; -1 for none."""
        return np.full(len(strata), -1) if self.twin is None else self.twin[strata]

    def areas(self, strata: Ints) -> list[int]:
        """The areas in which some strata or their twins lie."""
        twins = self.twins(strata)
        found = np.unique(self.above[:, np.concatenate([strata, twins[twins >= 0]])])
        out: list[int] = found[found >= 0].tolist()
        return out

    def effect(self, area: int, kind: int, strata: Ints) -> Floats:
        """By how much an area's sum changes for an answer more in each of these strata (m,)."""
        twins = self.twins(strata)
        own = (self.above[:, strata] == area).any(axis=0) * self.counts[kind, strata]
        other = (self.above[:, twins] == area).any(axis=0) * self.counts[kind, twins]
        out: Floats = own - np.where(twins >= 0, other, 0.0)
        return out


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one} ^ {*other}))


def counted(evidence: Evidence, holding: Holding) -> Floats:
    """Return how each stratum's answers are counted, by kind (3, H)."""
    rated = holding.rated
    weights = np.zeros(len(rated)) if evidence.weights is None else evidence.weights
    return np.stack([np.ones(len(rated)), weights, evidence.sizes / np.maximum(rated, 1)])


def tally_bounds(holding: Holding, counts: Floats) -> list[tuple[Ints, list[SumBound]]]:
    """Return what the ledger's tally tells, by the strata of each of its rows."""
    found = []
    for told in holding.told:
        inside = holding.options[told.strata][:, told.options].sum(axis=1)
        off = told.shown - float(counts[HOUSEHOLDS, told.strata] @ inside)
        stands = SumBound(HOUSEHOLDS, told.options, off - told.half, off + told.half)
        found.append((told.strata, [SumBound(ANSWERS, told.options, 0.0, 0.0), stands]))
    return found


def plain(figure: PlaceFigure, best: Bools, *, half: float) -> SumBound:
    """What the unweighted share tells; where all agree it isn't printed, and tells it all."""
    if figure.unweighted in {0.0, 1.0}:
        return SumBound(ANSWERS, best, 0.0, 0.0)
    return SumBound(ANSWERS, best, *(figure.n * each for each in room(figure.unweighted, half)))


def room(share: float, half: float) -> tuple[float, float]:
    """By how much a share may change and be rounded to the same."""
    shown = 2 * half * round(share / (2 * half))
    return shown - half - share, shown + half - share


@dataclass(slots=True)
class Layers:
    """Areas with bounds, laid over the strata so that none overlaps another of its layer."""

    strata: int
    bounds: list[list[SumBound]] = field(default_factory=list)
    layers: list[Ints] = field(default_factory=list)

    def add(self, strata: Ints, bounds: Sequence[SumBound]) -> None:
        """Lay an area into the first layer where it has room."""
        if not len(strata) or not bounds:
            return
        layer = next((each for each in self.layers if (each[strata] < 0).all()), None)
        if layer is None:
            layer = np.full(self.strata, -1, dtype=np.int64)
            self.layers.append(layer)
        layer[strata] = len(self.bounds)
        self.bounds.append(list(bounds))

    def above(self) -> Ints:
        """The areas of each stratum, by layer (L, H)."""
        return np.array(self.layers, dtype=np.int64).reshape(-1, self.strata)


def _exact(bound: SumBound) -> bool:
    return bound.kind == ANSWERS and bound.low > -1 and bound.high < 1
