"""What a reader can work out of hidden cells: other answers that leave everything published as it is.

A cell is safe where such answers are found; those that give it at least three counts, LEAST_SPAN apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product

import numpy as np

from survey.scores.rules import other_answers
from survey.scores.rules.columns import Ints
from survey.scores.rules.evidence import Holding
from survey.scores.rules.published import COMPLETES, PublishedSums
from survey.scores.rules.suppression import LEAST

VALUES, SPAN = 3, 0.10
"""A hidden cell keeps so many counts of satisfied answers possible, and shares so far apart."""
TOGETHER = 12
"""Strata among which answers are exchanged."""
STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16)
"""How many answers two strata exchange."""
FIRST, THEN = ((3, 2), (4, 2)), ((3, 4), (5, 2))
"""How many strata more exchange answers among them, and how many each at most; then what else is tried."""
SMALL, LARGE, NEIGHBOURS, EVERYBODY = 3, 4, 8, 24
"""Integer programs are for cells this small, in blocks of so many strata, with so many beside theirs.

Before a cell is given up they are asked for whatever its size, with everybody of its block.
"""
EDGE = 1e-7
"""Sums this near to where a rounded figure would change count as changing it."""


@dataclass(frozen=True, slots=True, eq=False)
class HiddenCell:
    """An area that isn't shown, by its strata with raters, and how many these are."""

    key: str
    strata: Ints
    n: int


Kinds = tuple[tuple[int, int], ...]
Found = dict[tuple[str, str], set[int]]
"""By cell and item the changes of its satisfied answers that were found possible.

Hiding more takes nothing from them: what is published is less, and more answers are unknown.
"""


def unsafe(
    published: PublishedSums,
    cells: Sequence[HiddenCell],
    found: Found,
    *,
    wanted: Collection[str] | None = None,
    last: bool = False,
    largest: int = LEAST,
) -> list[str]:
    """Return the keys of the cells for which too few other answers are found; `found` is added to.

    `wanted` are the cells to look at, all by default; the others' answers are unknown as well. `last` says
    that a cell will be given up for which nothing is found: nothing is spared for those up to the `largest`.
    """
    search = _Search(published, cells, found, wanted)
    for kinds in (FIRST, THEN):
        if search.left():
            search.exchange(kinds)
    if search.left():
        search.solve(most=SMALL, beside=NEIGHBOURS)
    if last and search.left():
        search.solve(most=largest, beside=EVERYBODY)
    return search.left()


class _Search:
    """Looks for other answers of the cells that have too few yet."""

    def __init__(
        self,
        published: PublishedSums,
        cells: Sequence[HiddenCell],
        found: Found,
        wanted: Collection[str] | None,
    ) -> None:
        self._wanted = wanted
        self._published = published
        self._cells = cells
        self._items = list(published.holding.best)
        self._found = found
        self._of: dict[int, list[int]] = {}
        for at, cell in enumerate(cells):
            for item in self._items:
                found.setdefault((cell.key, item), {0})
            for stratum in cell.strata.tolist():
                self._of.setdefault(stratum, []).append(at)

    def left(self) -> list[str]:
        """Keys of cells that aren't safe yet."""
        return [
            cell.key
            for cell in self._cells
            if (self._wanted is None or cell.key in self._wanted)
            and not all(_enough(self._found[cell.key, item], cell) for item in self._items)
        ]

    def exchange(self, kinds: Kinds) -> None:
        """Exchange answers among strata of one block whose answers weigh nearly the same."""
        weight, waiting = self._published.counts[COMPLETES], set(self.left())
        for block in self._blocks():
            order = sorted(block, key=lambda at: (weight[at], at))
            for part in np.array_split(np.array(order, dtype=np.int64), -(-len(order) // TOGETHER)):
                inside = self._holding(part)
                if not waiting.isdisjoint(self._cells[at].key for at in inside):
                    self._exchange(part, inside, kinds)

    def _holding(self, strata: Ints) -> list[int]:
        """Places of the cells that hold some strata or their twins."""
        every = [*strata.tolist(), *self._published.twins(strata).tolist()]
        return sorted({at for stratum in every for at in self._of.get(stratum, ())})

    def solve(self, *, most: int, beside: int) -> None:
        """Ask how far cells of at most so many raters may go: exchanges reach too few of their values."""
        weight, waiting = self._published.counts[COMPLETES], set(self.left())
        small = {cell.key for cell in self._cells if cell.key in waiting and cell.n <= most}
        for block in (block for block in self._blocks() if len(block) >= LARGE):
            inside = sorted({at for stratum in block for at in self._of[stratum]})
            for cell in (self._cells[at] for at in inside if self._cells[at].key in small):
                self._solve(cell, other_answers.near(weight, cell.strata, block, most=beside))

    def _solve(self, cell: HiddenCell, among: Ints) -> None:
        twins = self._published.twins(among)
        among = np.unique(np.concatenate([among, twins[twins >= 0]]))
        for item, best in self._published.holding.best.items():
            found = self._found[cell.key, item]
            if not _enough(found, cell):
                found |= other_answers.changes(self._published, cell=cell.strata, among=among, best=best)

    def _blocks(self) -> list[list[int]]:
        """Strata of hidden cells, those together that may exchange answers."""
        blocks: dict[tuple[int, ...], list[int]] = {}
        for stratum in sorted(self._of):
            blocks.setdefault(self._published.block(stratum), []).append(stratum)
        return list(blocks.values())

    def _exchange(self, strata: Ints, inside: Sequence[int], kinds: Kinds) -> None:
        holding = self._published.holding
        changes = _changes(len(strata), kinds)
        twins = self._published.twins(strata)
        members = np.array([_members(self._cells[at].strata, strata, twins) for at in inside], dtype=np.int64)
        for source, target in _moves(holding):
            most, least = _limits(holding.options, strata, twins, source=source, target=target)
            fits = ((changes <= most) & (changes >= -least)).all(axis=1)
            possible = self._kept(changes[fits], strata, source=source, target=target)
            if not len(possible):
                continue
            moved = possible @ members.T
            for item, best in holding.best.items():
                sign = int(best[target]) - int(best[source])
                if sign:
                    self._note(inside, item, sign * moved)

    def _kept(self, changes: Ints, strata: Ints, *, source: int, target: int) -> Ints:
        """The changes that leave all published sums as they look."""
        published = self._published
        for area in published.areas(strata):
            for bound in published.bounds[area]:
                sign = int(bound.options[target]) - int(bound.options[source])
                if not sign or not len(changes):
                    continue
                total = changes @ (sign * published.effect(area, bound.kind, strata))
                near = (total > bound.low + EDGE) & (total < bound.high - EDGE)
                # What stays as it is looks as it did, be it at the edge.
                near |= np.abs(total) < EDGE
                changes = changes[near]
        return changes

    def _note(self, inside: Sequence[int], item: str, moved: Ints) -> None:
        for place, at in enumerate(inside):
            self._found[self._cells[at].key, item].update(np.unique(moved[:, place]).tolist())


def _enough(found: set[int], cell: HiddenCell) -> bool:
    return len(found) >= min(VALUES, cell.n + 1) and max(found) - min(found) >= SPAN * cell.n


def _members(cell: Ints, strata: Ints, twins: Ints) -> Ints:
    """By how much a cell's answers change for one more in each stratum: a twin in it loses one."""
    out: Ints = np.isin(strata, cell).astype(np.int64) - np.isin(twins, cell)
    return out


def _limits(options: Ints, strata: Ints, twins: Ints, *, source: int, target: int) -> tuple[Ints, Ints]:
    """How many answers may go from an option to another in each stratum, and how many back."""
    there, back = options[strata, source], options[strata, target]
    # A twin gives up as many of the other option.
    most = np.where(twins >= 0, np.minimum(there, options[twins, target]), there)
    least = np.where(twins >= 0, np.minimum(back, options[twins, source]), back)
    return most, least


def _moves(holding: Holding) -> Iterable[tuple[int, int]]:
    """From which option to which a change takes answers."""
    count = holding.options.shape[1]
    return [(source, target) for source in range(count) for target in range(source + 1, count)]


@lru_cache(maxsize=3 * TOGETHER)
def _changes(strata: int, kinds: Kinds) -> Ints:
    """Changes of so many strata (R, m): of one alone, exchanges of two, and of more as `kinds` says."""
    pairs = np.array([(step, -step) for each in STEPS for step in (each, -each)], dtype=np.int64)
    alone = np.concatenate([np.eye(strata, dtype=np.int64), -np.eye(strata, dtype=np.int64)])
    several = [_spread(strata, _even(size, most)) for size, most in kinds if size <= strata]
    rows = [alone, *([_spread(strata, pairs)] if strata > 1 else []), *several]
    found: Ints = np.concatenate(rows)
    return found


def _even(size: int, most: int) -> Ints:
    """What so many strata gain and lose (P, size): each something, at most so much, all together nothing."""
    steps = [step for step in range(-most, most + 1) if step]
    return np.array([each for each in product(steps, repeat=size) if sum(each) == 0], dtype=np.int64)


def _spread(strata: int, changes: Ints) -> Ints:
    """Lay changes over every choice of so many strata."""
    chosen = np.array(list(combinations(range(strata), changes.shape[1])), dtype=np.int64)
    out = np.zeros((len(chosen) * len(changes), strata), dtype=np.int64)
    np.put_along_axis(
        out, np.repeat(chosen, len(changes), axis=0), np.tile(changes, (len(chosen), 1)), axis=1
    )
    return out
