"""What a release hides: few answers, what would give them away, and whatever else lets them be worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from survey.scores.rules.areas import ReportArea
from survey.scores.rules.columns import Bools, Ints
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.evidence import Evidence, families
from survey.scores.rules.inference import Found, HiddenCell, unsafe
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import ALL, GRID, RATED, PlaceFigure
from survey.scores.rules.published import ANSWERS, COMPLETES, PublishedSums, SumBound, counted, tally_bounds
from survey.scores.rules.suppression import FEW, FREE, SECOND, ScoreCell, statuses

COVERED = 0.90
WHOLE, TENTH = 0.005, 0.0005
"""Half of what a share is rounded to: grids, areas above."""
Statuses = Mapping[str, Mapping[str, str]]
"""Of every item, the status of every area."""


@dataclass(frozen=True, slots=True, eq=False)
class Former:
    """A release of the same answers that is out already: its figures, and what it hid, by item."""

    figures: Sequence[AreaFigure]
    hidden: Mapping[str, frozenset[str]]


def conceal(
    found: Sequence[AreaFigure], evidence: Evidence, *, former: Sequence[Former] = ()
) -> dict[str, dict[str, str]]:
    """Return every area's status by item; the denominators and counts of the same answers share one.

    Hidden are areas where fewer than ten of the item's population answered, what would give these away by
    subtraction, what a former release hid, and then, one area after the other, whatever leaves a hidden cell
    fewer possible values than `inference` asks for.
    """
    out: dict[str, dict[str, str]] = {}
    for base, items in families(list(DENS)).items():
        family = _Family(base, items, found, evidence, former)
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
        former: Sequence[Former],
    ) -> None:
        self._holding = evidence.holdings[base]
        self._items, self._evidence = items, evidence
        self._former = [(each, _by_area(each.figures, items)) for each in former]
        self._figures = _by_area(found, items)
        self._areas = _areas(found, base)
        self._strata = {
            area.code: np.array(
                sorted(evidence.strata[one] for one in area.strata if one in evidence.strata), dtype=np.int64
            )
            for area in self._areas
        }
        self._cells = self._tree(self._holding.population, _pooled(found, self._items, RATED))
        self._asked = self._tree(self._holding.everyone, _pooled(found, self._items, ALL))
        self._below: dict[str, list[ScoreCell]] = {}
        for cell in sorted(self._cells, key=lambda cell: (cell.answers, cell.key)):
            if cell.answers and cell.parent is not None:
                self._below.setdefault(cell.parent, []).append(cell)
        self._level = {area.code: area.level for area in self._areas}
        self._parent = {cell.key: cell.parent for cell in self._cells}
        self._counts = counted(evidence, self._holding)
        self._tally = tally_bounds(self._holding, self._counts)
        self._told = self._told_already()

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
        """Hide until every hidden cell is safe, or known from elsewhere."""
        also = {key for each, _figures in self._former for item in self._items for key in each.hidden[item]}
        asked, given, found = set[str](), set[str](), Found()
        while True:
            status = _worst(statuses(self._cells, also=also), statuses(self._asked, also=also))
            cells = self._hiding([key for key, one in status.items() if self._protects(key, one)])
            published = self._published(status)
            open_ = unsafe(published, cells, found)
            given |= self._given_away(set(open_) - asked)
            asked |= set(open_)
            more = self._more([key for key in open_ if key not in given], status, published)
            if not more:
                return status
            # What is hidden stays so, whatever else will be.
            also |= more | {key for key, one in status.items() if one == SECOND}

    def _protects(self, key: str, status: str) -> bool:
        """Whether a hidden area is one to protect.

        One above grids that is hidden for another's sake holds ten or more; it takes its sum away, no more.
        """
        return status == FEW or (status == SECOND and key not in self._below)

    def _hiding(self, keys: Collection[str]) -> list[HiddenCell]:
        """The cells to protect: hidden ones of which somebody rated, and that no release has shown."""
        rated = self._holding.rated
        return [
            HiddenCell(cell.key, strata[rated[strata] > 0], int(rated[strata].sum()))
            for cell in self._cells
            if cell.key in keys and cell.key not in self._told
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
            )
        )

    def _told_already(self) -> frozenset[str]:
        """Areas that a former release has shown."""
        return frozenset(
            code
            for each, figures in self._former
            for code in figures
            if not any(code in each.hidden[item] for item in self._items)
        )

    def _published(self, status: Mapping[str, str] | None) -> PublishedSums:
        """What is published: the ledger's tally, and beside it the shares of what is shown, now or before."""
        layers = _Layers(len(self._evidence.strata))
        for strata, bounds in self._tally:
            layers.add(strata, bounds)
        if status is not None:
            for code in self._figures:
                if status[code] == FREE and self._level[code] != GRID:
                    layers.add(self._strata[code], self._bounds(code, self._figures[code]))
            for each, figures in self._former:
                for code, known in figures.items():
                    if code in self._strata and not any(code in each.hidden[item] for item in self._items):
                        layers.add(self._strata[code], self._bounds(code, known))
        return PublishedSums(self._holding, self._counts, layers.above(), layers.bounds)

    def _bounds(self, code: str, figures: Sequence[PlaceFigure]) -> list[SumBound]:
        """What an area's shares tell, each by the options that are good for it."""
        out = []
        for figure in figures:
            best = self._holding.best[figure.item]
            if figure.level == GRID:
                out.append(_plain(figure, best, half=WHOLE))
            elif figure.covered >= COVERED:
                out.append(_plain(figure, best, half=TENTH))
                out += self._weighted(code, figure, best)
        return out

    def _weighted(self, code: str, figure: PlaceFigure, best: Bools) -> list[SumBound]:
        if self._evidence.weights is None:
            return []
        strata = self._strata[code]
        base = self._holding.rated if figure.den == RATED else self._holding.everyone
        whole = float(self._evidence.weights[strata] @ base[strata])
        return [SumBound(COMPLETES, best, *(whole * each for each in _room(figure.value, TENTH)))]

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


def _worst(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """An item's population and all whom `all` counts: an area shows both figures or none."""
    return {key: min(one, second[key], key=(FEW, SECOND, FREE).index) for key, one in first.items()}


def _plain(figure: PlaceFigure, best: Bools, *, half: float) -> SumBound:
    """What the unweighted share tells; where all agree it isn't printed, and tells it all."""
    if figure.unweighted in {0.0, 1.0}:
        return SumBound(ANSWERS, best, 0.0, 0.0)
    return SumBound(ANSWERS, best, *(figure.n * each for each in _room(figure.unweighted, half)))


def _room(share: float, half: float) -> tuple[float, float]:
    """By how much a share may change and be rounded to the same."""
    shown = 2 * half * round(share / (2 * half))
    return shown - half - share, shown + half - share


def _by_area(found: Sequence[AreaFigure], items: Sequence[str]) -> dict[str, list[PlaceFigure]]:
    out: dict[str, list[PlaceFigure]] = {}
    for each in found:
        if each.item in items and each.figure is not None:
            out.setdefault(each.area.code, []).append(each.figure)
    return out


def _pooled(found: Sequence[AreaFigure], items: Sequence[str], den: str) -> dict[str, int]:
    """Answers of areas whose figures hold several waves, or tell of few beside what was shown before."""
    return {
        each.area.code: each.answers
        for each in found
        if each.item == items[0] and each.den == den and (each.pooled or each.apart is not None)
    }


def _areas(found: Sequence[AreaFigure], base: str) -> list[ReportArea]:
    (den, *_rest) = DENS[base]
    return [each.area for each in found if (each.item, each.den) == (base, den)]


@dataclass(slots=True)
class _Layers:
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
