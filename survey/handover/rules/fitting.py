"""Whole places that fit a published table: households and answers that add up to every figure it prints.

Nothing but printed figures and the sizes of the frame goes in, so nothing else can be read out of what comes
out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey.scores.rules.columns import Floats
from survey.scores.rules.pipeline import RATED
from survey.scores.rules.release import COUNTS, ScoreRow

BASE, RATING, CONTENT, COMPLETES, RATERS, SATISFIED, ASKED = range(7)
"""Households, those that would rate, those content; completes, raters, satisfied ones; units asked."""
PARTS = 7
WITHIN = ((RATING, BASE), (CONTENT, RATING), (RATERS, COMPLETES), (SATISFIED, RATERS), (COMPLETES, ASKED))
"""Parts, and what they are parts of."""
HALF, INSIDE = 0.0005, 0.999
"""Half of what a share above grids is rounded to; so far inside of it a fitted one stays."""
LEAST = 1.0
FEW = 2 * COUNTS - 1.0
Bound = tuple[Mapping[int, float], float]
"""A sum of a programme's columns and what it may be at most."""


@dataclass(frozen=True, slots=True)
class MergedCell:
    """A part of the city that the table tells of, or what is left of a street or of the city.

    `areas` are all that it lies in, itself included; `households` are those of the frame.
    """

    code: str
    areas: frozenset[str]
    households: float


def fitted(rows: Iterable[ScoreRow], cells: Sequence[MergedCell]) -> Floats | None:
    """Return parts (cells, PARTS) of one item that fit its `rows`, with households near the frame's.

    None where nothing fits: rows of a corrected release that were kept one by one need not.
    """
    from scipy.optimize import linprog  # noqa: PLC0415  (heavy; packages alone need it)
    from scipy.sparse import coo_array  # noqa: PLC0415

    bounds = [*_bounds(rows, cells), *_parts(cells)]
    entries = [
        (at, column, factor) for at, (sums, _most) in enumerate(bounds) for column, factor in sums.items()
    ]
    at, column, factor = (np.array(each) for each in zip(*entries, strict=True))
    size = len(cells) * PARTS
    matrix = coo_array((factor, (at, column)), shape=(len(bounds), size + len(cells))).tocsr()
    # Beside the parts there is, for each cell, by how much its households are off.
    aim = np.append(np.zeros(size), np.ones(len(cells)))
    found = linprog(aim, A_ub=matrix, b_ub=[most for _sums, most in bounds], method="highs")
    if found.status != 0:
        return None
    out: Floats = np.maximum(found.x[:size].reshape(len(cells), PARTS), 0.0)
    return out


def _bounds(rows: Iterable[ScoreRow], cells: Sequence[MergedCell]) -> Iterator[Bound]:
    inside: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        for area in cell.areas:
            inside.setdefault(area, []).append(place)
    for row in rows:
        if row.unit in inside:
            yield from _row(row, inside[row.unit])


def _row(row: ScoreRow, inside: Sequence[int]) -> Iterator[Bound]:
    yield from _count(inside, row.asked, ASKED)
    if row.low is None or row.high is None:
        return
    base, answers = (RATING, RATERS) if row.den == RATED else (BASE, COMPLETES)
    yield from _count(inside, row.n, answers)
    agreed = float(row.low + row.high > 1)
    yield from _share(inside, agreed if row.estimate is None else row.estimate, CONTENT, base)
    yield from _share(inside, agreed if row.unweighted is None else row.unweighted, SATISFIED, answers)


def _count(inside: Sequence[int], printed: int | None, part: int) -> Iterator[Bound]:
    low, high = (0.0, FEW) if printed is None else (printed - COUNTS / 2, printed + COUNTS / 2 - 0.1)
    yield {_column(place, part): 1.0 for place in inside}, high
    yield {_column(place, part): -1.0 for place in inside}, -low


def _share(inside: Sequence[int], printed: float, part: int, of: int) -> Iterator[Bound]:
    for sign in (1.0, -1.0):
        edge = min(max(printed + sign * HALF * INSIDE, 0.0), 1.0)
        tops = {_column(place, part): sign for place in inside}
        yield {**tops, **{_column(place, of): -sign * edge for place in inside}}, 0.0
    # Of nothing there is no share.
    yield {_column(place, of): -1.0 for place in inside}, -LEAST


def _parts(cells: Sequence[MergedCell]) -> Iterator[Bound]:
    for place, cell in enumerate(cells):
        off = len(cells) * PARTS + place
        for sign in (1.0, -1.0):
            yield {_column(place, BASE): sign, off: -1.0}, sign * cell.households
        for part, whole in WITHIN:
            yield {_column(place, part): 1.0, _column(place, whole): -1.0}, 0.0


def _column(place: int, part: int) -> int:
    return place * PARTS + part
