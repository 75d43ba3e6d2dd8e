"""Other answers by integer programming: how far a cell's count may go while all that is published stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from survey.scores.rules.columns import Bools, Floats, Ints
from survey.scores.rules.published import PublishedSums, SumBound

EDGE = 1e-6
NODES, GAP = 20, 0.5
"""The search ends after so many nodes, or with answers that go half as far as any may: equal everywhere."""


def changes(published: PublishedSums, *, cell: Ints, among: Ints, best: Bools) -> set[int]:
    """Return changes of a cell's satisfied answers that others make good; `among` (m,) are all that move."""
    problem = _Problem(published, cell=cell, among=among, best=best)
    found = {0}
    for sign in (1, -1):
        found |= problem.solve(sign)
    if len(found) == 2 and max(found) - min(found) > 1:
        found |= problem.solve(0, between=(min(found) + 1, max(found) - 1))
    return found


class _Problem:
    """New counts by stratum and option (m·K), whose sums over published areas stay."""

    def __init__(self, published: PublishedSums, *, cell: Ints, among: Ints, best: Bools) -> None:
        self._have = published.holding.options[among]
        self._m, self._options = self._have.shape
        self._goal = (np.isin(among, cell)[:, None] & best[None, :]).astype(np.float64).ravel()
        rows = list(self._rows(published, among))
        self._low = np.array([low for _row, low, _high in rows])
        self._high = np.array([high for _row, _low, high in rows])
        self._matrix = np.array([row for row, _low, _high in rows])

    def _rows(self, published: PublishedSums, among: Ints) -> Iterator[tuple[Floats, float, float]]:
        for place, n in enumerate(self._have.sum(axis=1).tolist()):
            row = np.zeros((self._m, self._options))
            row[place] = 1
            yield row.ravel(), n, n
        above = published.above[:, among]
        for area in np.unique(above[above >= 0]).tolist():
            inside = (above == area).any(axis=0)
            for bound in published.bounds[area]:
                yield self._bounded(bound, inside * published.counts[bound.kind, among])

    def _bounded(self, bound: SumBound, counts: Floats) -> tuple[Floats, float, float]:
        row = (counts[:, None] * bound.options[None, :]).ravel()
        true = float(row @ self._have.ravel())
        return row, true + min(bound.low + EDGE, 0.0), true + max(bound.high - EDGE, 0.0)

    def solve(self, sign: int, *, between: tuple[int, int] | None = None) -> set[int]:
        """Return the change at the best answers found, if any: the largest for 1, the smallest for -1."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - few cells need it

        rows, low, high = self._matrix, self._low, self._high
        true = float(self._goal @ self._have.ravel())
        if between is not None:
            rows = np.vstack([rows, self._goal])
            low, high = np.append(low, true + between[0]), np.append(high, true + between[1])
        most = np.repeat(self._have.sum(axis=1), self._options)
        found = milp(
            -sign * self._goal,
            constraints=LinearConstraint(rows, low, high),
            integrality=np.ones(len(most)),
            bounds=Bounds(0, most),
            options={"node_limit": NODES, "mip_rel_gap": GAP},
        )
        if found.x is None:
            return set()
        counts = np.rint(found.x)
        sums = rows @ counts
        if not ((sums >= low - EDGE / 2) & (sums <= high + EDGE / 2)).all():
            return set()
        return {round(float(self._goal @ counts) - true)}


def near(weights: Floats, own: Ints, block: Sequence[int], *, most: int) -> Ints:
    """Return a cell's strata and those of its block whose answers weigh most alike."""
    centre = float(weights[own].mean())
    inside = set(own.tolist())
    others = sorted(
        (stratum for stratum in block if stratum not in inside),
        key=lambda at: (abs(weights[at] - centre), at),
    )
    return np.array(sorted([*own.tolist(), *others[:most]]), dtype=np.int64)
