"""What a release hides: few answers, what would give them away, and whatever else lets them be worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from survey.scores.rules.columns import Bools, Ints
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.evidence import Evidence, families
from survey.scores.rules.family_figures import areas, by_area, pooled_answers
from survey.scores.rules.inference import Found, HiddenCell, unsafe
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import ALL, GRID, RATED, PlaceFigure
from survey.scores.rules.published import (
    COMPLETES,
    Layers,
    PublishedSums,
    SumBound,
    counted,
    plain,
    room,
    tally_bounds,
)
from survey.scores.rules.steps import HIDING, Told, silent
from survey.scores.rules.steps import counted as each_told
from survey.scores.rules.suppression import FEW, FREE, SECOND, ScoreCell, statuses, worst

COVERED = 0.90
WHOLE, TENTH = 0.005, 0.0005
"""Half of what a share is rounded to: grids, areas above."""
Statuses = Mapping[str, Mapping[str, str]]
"""Of every item, the status of every area."""


def conceal(
    found: Sequence[AreaFigure],
    evidence: Evidence,
    *,
    told: Told = silent,
) -> dict[str, dict[str, str]]:
    """Return every area's status by item; the denominators and counts of the same answers share one.

    Hidden are areas where fewer than ten of the item's population answered, what would give these away by
    subtraction, and then, one area after the other, whatever leaves a hidden cell fewer possible values than
    `inference` asks for.
    """
    out: dict[str, dict[str, str]] = {}
    for base, items in each_told(families(list(DENS)).items(), HIDING, told):
        family = _Family(base, items, found, evidence)
        status = family.settled()
        out |= dict.fromkeys(items, status)
    return out


class _Family:
    """Items that count the same answers, with the areas that show them."""

    def __init__(
        self,
        base: str,
        items: Sequence[str],
        found: Sequence[AreaFigure],
        evidence: Evidence,
    ) -> None:
        self._holding = evidence.holdings[base]
        self._items, self._evidence = items, evidence
        self._figures = by_area(found, items)
        self._areas = areas(found, base)
        self._strata = {
            area.code: np.array(
                sorted(evidence.strata[one] for one in area.strata if one in evidence.strata), dtype=np.int64
            )
            for area in self._areas
        }
        self._cells = self._tree(self._holding.population, pooled_answers(found, self._items, RATED))
        self._asked = self._tree(self._holding.everyone, pooled_answers(found, self._items, ALL))
        self._below: dict[str, list[ScoreCell]] = {}
        for cell in sorted(self._cells, key=lambda cell: (cell.answers, cell.key)):
            if cell.answers and cell.parent is not None:
                self._below.setdefault(cell.parent, []).append(cell)
        self._level = {area.code: area.level for area in self._areas}
        self._parent = {cell.key: cell.parent for cell in self._cells}
        self._counts = counted(evidence, self._holding)
        self._tally = tally_bounds(self._holding, self._counts)
        self._raters = self._with_raters()
        self._answers = {cell.key: cell.answers for cell in self._cells}
        self._given = set[str]()

    def _tree(self, answers: Ints, few: Mapping[str, int]) -> list[ScoreCell]:
        shown = {area.code for area in self._areas}
        return [
            ScoreCell(
                area.code,
                area.parent if area.parent in shown else None,
                few.get(area.code, int(answers[self._strata[area.code]].sum())),
                area.kind,
            )
            for area in self._areas
        ]

    def settled(self) -> dict[str, str]:
        """Hide until every hidden cell is safe, or known from elsewhere; then show what that hid in vain."""
        also = self._hide(())
        for level in self._levels():
            also = self._show_again(level, also)
        return self._status(self._hide(also))

    def _status(self, also: Collection[str]) -> dict[str, str]:
        return worst(statuses(self._cells, also=also), statuses(self._asked, also=also))

    def _hide(self, also: Collection[str]) -> set[str]:
        """Return what has to be hidden, beside few answers, so that no hidden cell has an open one."""
        hidden, asked, found = set(also), set[str](), Found()
        while True:
            status = self._status(hidden)
            published = self._published(status)
            open_ = unsafe(published, self._protected(status), found)
            self._given |= self._given_away(set(open_) - asked)
            asked |= set(open_)
            more = self._more([key for key in open_ if key not in self._given], status, published)
            # What is hidden stays so, whatever else will be.
            hidden |= more | {key for key, one in status.items() if one == SECOND}
            if not more:
                return hidden

    def _levels(self) -> list[list[str]]:
        """What may be shown again, first to last: areas just below the top, grids, whatever lies between."""
        first, last, between = list[str](), list[str](), list[str]()
        for key, parent in self._parent.items():
            if parent is not None:
                level = last if key not in self._below else first if self._parent[parent] is None else between
                level.append(key)
        return [first, last, between]

    def _show_again(self, level: Iterable[str], also: set[str]) -> set[str]:
        """Return `also` without areas of a level that no hidden cell needs: all of a street's, else half."""
        status = self._status(also)
        by_street: dict[str, list[str]] = {}
        for key in level:
            if status[key] == SECOND:
                by_street.setdefault(self._street(key), []).append(key)
        for held in by_street.values():
            held.sort(key=lambda key: (-self._answers[key], key))
        while by_street:
            trial = also.difference(*by_street.values())
            failing = self._opened(trial, by_street)
            also = trial.union(*(by_street[street] for street in failing))
            halves = {street: by_street[street][: len(by_street[street]) // 2] for street in failing}
            by_street = {street: held for street, held in halves.items() if held}
        return also

    def _opened(self, hidden: Collection[str], by_street: Mapping[str, Sequence[str]]) -> set[str]:
        """The streets in which a hidden cell is open once nothing but `hidden` is hidden."""
        status = self._status(hidden)
        cells = self._protected(status)
        wanted = {cell.key for cell in cells if self._street(cell.key) in by_street}
        open_ = unsafe(self._published(status), cells, Found(), wanted=wanted)
        return {self._street(key) for key in open_ if key not in self._given}

    def _street(self, key: str) -> str:
        """The area over a cell that lies just below the top."""
        above = self._parent[key]
        while above is not None and self._parent[above] is not None:
            key, above = above, self._parent[above]
        return key

    def _protected(self, status: Mapping[str, str]) -> list[HiddenCell]:
        return self._hiding([key for key, one in status.items() if self._protects(key, one)])

    def _protects(self, key: str, status: str) -> bool:
        """Whether a hidden area is one to protect.

        One above grids that is hidden for another's sake holds ten or more; it takes its sum away, no more.
        """
        return status == FEW or (status == SECOND and key not in self._below)

    def _hiding(self, keys: Collection[str]) -> list[HiddenCell]:
        """The cells to protect: hidden ones of which somebody rated."""
        wanted = frozenset(keys)
        return [cell for cell in self._raters if cell.key in wanted]

    def _with_raters(self) -> list[HiddenCell]:
        """All areas of which somebody rated, as cells that might be hidden."""
        rated = self._holding.rated
        return [
            HiddenCell(cell.key, strata[rated[strata] > 0], int(rated[strata].sum()))
            for cell in self._cells
            for strata in (self._strata[cell.key],)
            if rated[strata].any()
        ]

    def _given_away(self, open_: Collection[str]) -> set[str]:
        """Cells that the ledger's tally alone gives away: no hiding here helps them."""
        if not self._tally or not open_:
            return set()
        return set(
            unsafe(
                self._published(None),
                self._hiding([key for key in self._strata if key not in self._below]),
                Found(),
                wanted=open_,
                last=True,
            )
        )

    def _published(self, status: Mapping[str, str] | None) -> PublishedSums:
        """What is published: the ledger's tally, and beside it the shares of what is shown."""
        layers = Layers(len(self._evidence.strata))
        for strata, bounds in self._tally:
            layers.add(strata, bounds)
        if status is not None:
            for code in self._figures:
                if status[code] == FREE and self._level[code] != GRID:
                    layers.add(self._strata[code], self._bounds(code, self._figures[code]))
        return PublishedSums(self._holding, self._counts, layers.above(), layers.bounds)

    def _bounds(self, code: str, figures: Sequence[PlaceFigure]) -> list[SumBound]:
        """What an area's shares tell, each by the options that are good for it."""
        out = []
        for figure in figures:
            best = self._holding.best[figure.item]
            if figure.level == GRID:
                out.append(plain(figure, best, half=WHOLE))
            elif figure.covered >= COVERED:
                out.append(plain(figure, best, half=TENTH))
                out += self._weighted(code, figure, best)
        return out

    def _weighted(self, code: str, figure: PlaceFigure, best: Bools) -> list[SumBound]:
        if self._evidence.weights is None:
            return []
        strata = self._strata[code]
        base = self._holding.rated if figure.den == RATED else self._holding.everyone
        whole = float(self._evidence.weights[strata] @ base[strata])
        return [SumBound(COMPLETES, best, *(whole * each for each in room(figure.value, TENTH)))]

    def _more(self, open_: Iterable[str], status: Mapping[str, str], published: PublishedSums) -> set[str]:
        """One more area to hide for each open cell, the same for those that could do with the same."""
        shown = {cell.key for cell in self._cells if status[cell.key] == FREE}
        beside = self._beside(shown, published)
        found, served = set[str](), set[object]()
        for key in open_:
            blocks = {published.block(at) for at in self._strata[key].tolist()}
            if not served.isdisjoint(blocks):
                continue
            served |= blocks
            near = [beside[block] for block in blocks if block in beside]
            found |= {min(near)[1]} if near else self._above(key, shown)
        return found

    def _beside(
        self, shown: Collection[str], published: PublishedSums
    ) -> dict[tuple[int, ...], tuple[int, str]]:
        """The smallest shown cell among whose strata answers of a block may be exchanged."""
        found: dict[tuple[int, ...], tuple[int, str]] = {}
        for cell in self._cells:
            if cell.key in shown and cell.key not in self._below and cell.answers:
                for at in self._strata[cell.key].tolist():
                    block, size = published.block(at), (cell.answers, cell.key)
                    found[block] = min(found.get(block, size), size)
        return found

    def _above(self, key: str, shown: Collection[str]) -> set[str]:
        """The smallest shown area over one that has no shown neighbour in its block; never the whole city."""
        at = self._parent[key]
        while at is not None and at not in shown:
            at = self._parent[at]
        return {at} if at is not None and self._parent[at] is not None else set()
