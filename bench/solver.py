"""A solver of all that is public of one street: which whole numbers a cell can hold. For bench/attack.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from survey.scores.rules.columns import Floats, Ints
from survey.scores.rules.pipeline import RATED
from survey.scores.rules.suppression import LEAST

SECONDS, INFEASIBLE, EDGE = 2.0, 2, 1e-6


@dataclass(frozen=True, slots=True)
class Shown:
    """A published share of an area: between which limits base, plain share and weighted share lie.

    `release` is the one that published it, counted from 0.
    """

    strata: frozenset[str]
    item: str
    den: str
    base: tuple[float, float]
    plain: tuple[float, float] | None
    weighted: tuple[float, float] | None
    release: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything that is public of one item in one street: its strata and what is said of them.

    What was undone of a stratum is a stratum of its own. `weights` are those of each release; `ratio` is for
    how many households an answer stands in the tally.
    """

    strata: list[str]
    completes: Ints
    headline: Ints | None
    weights: Sequence[Floats]
    ratio: Floats
    shown: Sequence[Shown]
    few: Sequence[frozenset[str]]
    tally: Sequence[tuple[frozenset[str], tuple[int, ...], tuple[int, ...]]]


class Attack:
    """Integer unknowns of one street: raters and good answers, narrow and wide, of each stratum."""

    def __init__(self, known: Reader, *, base: str) -> None:
        self._m = len(known.strata)
        self.undecided = 0
        self._at = {stratum: place for place, stratum in enumerate(known.strata)}
        self._known, self._base = known, base
        rows = [row for row in self._rows() if row is not None]
        self._matrix = np.array([row for row, _low, _high in rows])
        self._low = np.array([low for _row, low, _high in rows])
        self._high = np.array([high for _row, _low, high in rows])
        self._fewest, self._most = self._bounds()
        self._seen: list[Ints] = []

    def _bounds(self) -> tuple[Floats, Floats]:
        """How few and how many raters and good answers (3·m) there can be."""
        known, nothing = self._known, np.zeros(self._m)
        raters = known.completes if known.headline is None else known.headline
        fewest = nothing if known.headline is None else known.headline
        return np.concatenate([fewest, nothing, nothing]), np.tile(raters, 3).astype(np.float64)

    def _row(self, strata: frozenset[str], parts: dict[int, Floats | float]) -> Floats:
        row = np.zeros((3, self._m))
        inside = [self._at[one] for one in strata if one in self._at]
        for part, counts in parts.items():
            row[part, inside] = np.broadcast_to(counts, self._m)[inside]
        return row.ravel()

    def _rows(self) -> Iterator[tuple[Floats, float, float]]:
        known, inf = self._known, np.inf
        for stratum in known.strata:
            alone = frozenset({stratum})
            yield self._row(alone, {0: 1.0, 2: -1.0}), 0, inf
            yield self._row(alone, {2: 1.0, 1: -1.0}), 0, inf
        for few in known.few:
            yield self._row(few, {0: 1.0}), 0, LEAST - 1
        for one in known.shown:
            if one.strata <= self._at.keys():
                yield from self._share(one)
        if known.headline is not None:
            yield from self._tallied()

    def _share(self, one: Shown) -> Iterator[tuple[Floats, float, float]]:
        known, inf = self._known, np.inf
        good = 1 if one.item == self._base else 2
        if one.den == RATED:
            yield self._row(one.strata, {0: 1.0}), *one.base
        weights = known.weights[one.release]
        for limits, counts in ((one.plain, np.ones(self._m)), (one.weighted, weights)):
            if limits is None:
                continue
            for limit, low, high in ((limits[0], 0.0, inf), (limits[1], -inf, 0.0)):
                if one.den == RATED:
                    yield self._row(one.strata, {good: counts, 0: -limit * counts}), low, high
                else:
                    inside = [self._at[each] for each in one.strata]
                    whole = float(limit * (counts * known.completes)[inside].sum())
                    yield self._row(one.strata, {good: counts}), low + whole, high + whole

    def _tallied(self) -> Iterator[tuple[Floats, float, float]]:
        known = self._known
        ratio = known.ratio
        for strata, counts, households in known.tally:
            if not strata <= self._at.keys():
                continue
            narrow, wide = sum(counts[3:]), sum(counts[2:])
            yield self._row(strata, {1: 1.0}), narrow, narrow
            yield self._row(strata, {2: 1.0}), wide, wide
            best, middle = sum(households[3:]), households[2]
            yield self._row(strata, {1: ratio}), best - 10, best + 10
            yield self._row(strata, {2: ratio, 1: -ratio}), middle - 5, middle + 5

    def fits(self, answers: Floats | Ints) -> bool:
        """Whether answers (3·m) leave all that is public as it is."""
        sums = self._matrix @ answers
        inside = (answers >= self._fewest).all() and (answers <= self._most).all()
        return bool(inside and ((sums >= self._low - EDGE) & (sums <= self._high + EDGE)).all())

    def possible(self, cell: frozenset[str], least: float, most: float) -> bool:
        """Whether a cell can hold so many good answers by the narrow count.

        Answers that were found for other cells are tried before any search: they are possible too.
        """
        asked = self._row(cell, {1: 1.0})
        if any(least <= asked @ answers <= most for answers in self._seen):
            return True
        rows = np.vstack([self._matrix, asked])
        low, high = np.append(self._low, least), np.append(self._high, most)
        found = milp(
            np.zeros(3 * self._m),
            constraints=LinearConstraint(rows, low, high),
            integrality=np.ones(3 * self._m),
            bounds=Bounds(self._fewest, self._most),
            options={"time_limit": SECONDS},
        )
        if found.x is not None and self.fits(answers := np.round(found.x).astype(np.int64)):
            self._seen.append(answers)
        if found.status not in {0, INFEASIBLE}:
            self.undecided += 1
        # A search that ends with its time hasn't shown that there is nothing.
        return bool(found.status != INFEASIBLE)
