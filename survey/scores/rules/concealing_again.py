"""What a corrected release hides, so that beside the former ones it tells nothing of what was undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from survey.scores.rules.answer_parts import AnswerParts, parted
from survey.scores.rules.areas import ReportArea
from survey.scores.rules.columns import Ints
from survey.scores.rules.concealing import COVERED, TENTH, Statuses
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.evidence import Evidence, families
from survey.scores.rules.family_figures import areas, by_area, pooled_answers
from survey.scores.rules.inference import SPAN, VALUES, Found, HiddenCell, unsafe
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import ALL, CITY, COMMUNITY, GRID, RATED, STREET, PlaceFigure
from survey.scores.rules.published import (
    ANSWERS,
    Layers,
    PublishedSums,
    SumBound,
    plain,
    room,
    tally_bounds,
)
from survey.scores.rules.steps import HIDING, Told, silent
from survey.scores.rules.steps import counted as each_told
from survey.scores.rules.suppression import FEW, FREE, LEAST, SECOND

DOWNWARD = (CITY, STREET, COMMUNITY, GRID)
WHATEVER = 10**9
"""A search spares no cell for its size."""
SMALL = 100
"""An area above grids stays as it was where of so many answers at most one was undone, and fewer than ten."""


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """What a corrected release hides, by item and area, and of which areas it repeats the row before it."""

    statuses: Statuses
    repeated: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class FormerRelease:
    """A release of the wave that is out: what stood behind it, its figures, every area's status by item.

    `repeated` are areas, by item, whose row is that of the release before: its own figures weren't told.
    """

    evidence: Evidence
    figures: Sequence[AreaFigure]
    statuses: Statuses
    repeated: Mapping[str, Collection[str]] = field(default_factory=dict)


def touched(found: Sequence[AreaFigure], former: Sequence[AreaFigure]) -> frozenset[str]:
    """Return the codes of the areas in which a complete was undone: all other rows stay as they are."""
    before = {each.area.code: each.count.completes for each in former}
    return frozenset(each.area.code for each in found if each.count.completes != before[each.area.code])


def conceal_again(
    found: Sequence[AreaFigure],
    evidence: Evidence,
    *,
    former: Sequence[FormerRelease],
    told: Told = silent,
) -> Again:
    """Return what a release hides that follows `former` ones of its wave.

    Rows of areas in which nothing was undone are repeated, and hidden stays what was hidden. Where fewer than
    ten raters were undone, a new share beside the old would tell them: a large area's row is repeated, that
    of another is hidden. Of the rest as much is shown, from the city downwards, as leaves every cell as many
    possible values as it had without this release: cells that were hidden, what is left of them, and the
    undone answers of every area that are fewer than ten. The city itself may have to be hidden.
    """
    statuses, repeated = dict[str, dict[str, str]](), dict[str, frozenset[str]]()
    for base, items in each_told(families(list(DENS)).items(), HIDING, told):
        made = _Correction(base, items, found, evidence, former)
        statuses |= dict.fromkeys(items, made.settled())
        repeated |= dict.fromkeys(items, made.repeated)
    return Again(statuses, repeated)


class _Correction:
    """One family of items, with all releases of the wave, this one last."""

    def __init__(
        self,
        base: str,
        items: Sequence[str],
        found: Sequence[AreaFigure],
        evidence: Evidence,
        former: Sequence[FormerRelease],
    ) -> None:
        self._evidence = [*(each.evidence for each in former), evidence]
        self._figures = [*(by_area(each.figures, items) for each in former), by_area(found, items)]
        self._former = [each.statuses[base] for each in former]
        self._same = [each.repeated.get(base, ()) for each in former]
        self._holdings = [each.holdings[base] for each in self._evidence]
        self._parts: AnswerParts = parted(self._evidence, base)
        self._now = len(former)
        self._areas = {area.code: area for area in areas(found, base)}
        self._strata = {code: self._places(area, evidence) for code, area in self._areas.items()}
        self._touched = touched(found, former[-1].figures)
        self._few = self._too_few(found, items)
        self.repeated = frozenset(
            code
            for code in self._areas
            if code not in self._touched or (self._former[-1][code] == FREE and self._stays(code))
        )
        self._tally = tally_bounds(self._parts.holding, self._parts.counts)
        # Areas with the same few answers are one cell.
        self._cells = list({cell.strata.tobytes(): cell for cell in self._hidden_cells()}.values())
        self._moving = frozenset(at for cell in self._cells for at in cell.strata.tolist())
        self._least = self._search(self._published(()), Found(), wanted=self._cells, last=True)

    def _places(self, area: ReportArea, evidence: Evidence) -> Ints:
        known = (evidence.strata[one] for one in area.strata if one in evidence.strata)
        return np.array(sorted(known), dtype=np.int64)

    def _too_few(self, found: Sequence[AreaFigure], items: Sequence[str]) -> frozenset[str]:
        now = self._holdings[-1]
        out = set[str]()
        for den, held in ((RATED, now.population), (ALL, now.everyone)):
            few = pooled_answers(found, items, den)
            for code, strata in self._strata.items():
                if 0 < few.get(code, int(held[strata].sum())) < LEAST:
                    out.add(code)
        return frozenset(out)

    def settled(self) -> dict[str, str]:
        """Show what may be shown, from above; return every area's status."""
        shown = set[str]()
        for level in DOWNWARD:
            wanted = {code for code in self._candidates() if self._areas[code].level == level}
            shown |= self._safe(wanted, shown)
        return {code: self._status(code, shown) for code in self._areas}

    def _status(self, code: str, shown: Collection[str]) -> str:
        before = self._former[-1][code]
        if code in self.repeated or before != FREE or code in shown:
            return before
        return FEW if code in self._few else SECOND

    def _candidates(self) -> Iterator[str]:
        for code in self._areas.keys() - self.repeated - self._few:
            if self._former[-1][code] == FREE and not self._torn(code):
                yield code

    def _torn(self, code: str) -> bool:
        """Whether a few raters were undone: two shown shares would tell them."""
        return 0 < self._parts.raters(self._parts.undone(self._strata[code], self._now)) < LEAST

    def _stays(self, code: str) -> bool:
        """Whether an area is so large that its figure does without those few being taken out."""
        undone = self._parts.undone(self._strata[code], self._now)
        if self._areas[code].level == GRID or code in self._few or self._parts.raters(undone) >= LEAST:
            return False
        strata, (before, now) = self._strata[code], self._holdings[-2:]
        pairs = ((before.rated, now.rated), (before.everyone, now.everyone))
        return all(SMALL * int((one - other)[strata].sum()) <= int(one[strata].sum()) for one, other in pairs)

    def _safe(self, wanted: Collection[str], shown: Collection[str]) -> set[str]:
        """Which of the areas may be shown beside `shown`: those go first that meet the smallest open cell."""
        left = set(wanted)
        while left and (open_ := self._open(left, shown)):
            inside = set(min(open_, key=lambda cell: (len(cell.strata), cell.key)).strata.tolist())
            meeting = {code for code in left if not inside.isdisjoint(self._shown_places(code))}
            left -= meeting or left
        return left

    def _shown_places(self, code: str) -> list[int]:
        """Where an area's answers lie, undone ones too."""
        out: list[int] = self._parts.counted(self._strata[code], 0).tolist()
        return out

    def _open(self, more: Collection[str], shown: Collection[str]) -> list[HiddenCell]:
        """The cells that would have fewer values than without this release."""
        near = {at for code in more for at in self._shown_places(code)}
        cells = [cell for cell in self._cells if not near.isdisjoint(cell.strata.tolist())]
        published, found = self._published({*more, *shown}), Found()
        for last in (False, True):
            self._search(published, found, wanted=cells, last=last)
            cells = [cell for cell in cells if not self._as_before(cell, found)]
        return cells

    def _as_before(self, cell: HiddenCell, found: Found) -> bool:
        for item in self._parts.holding.best:
            now, before = found[cell.key, item], self._least[cell.key, item]
            span = min(SPAN * cell.n, max(before) - min(before))
            if len(now) < min(VALUES, len(before)) or max(now) - min(now) < span:
                return False
        return True

    def _search(
        self, published: PublishedSums, found: Found, *, wanted: Iterable[HiddenCell], last: bool = False
    ) -> Found:
        """Look for other answers of the `wanted` cells; return what was found."""
        keys = {cell.key for cell in wanted}
        unsafe(published, self._cells, found, wanted=keys, last=last, largest=WHATEVER)
        return found

    def _hidden_cells(self) -> Iterator[HiddenCell]:
        for code, area in self._areas.items():
            told = any(
                status[code] == FREE and code in figures
                for status, figures in zip(self._former, self._figures, strict=False)
            )
            few = any(status[code] == FEW for status in self._former)
            if not told and (few or (area.level == GRID and self._former[-1][code] != FREE)):
                yield from self._extents(code)
            yield from self._undone(code, told=told)

    def _extents(self, code: str) -> Iterator[HiddenCell]:
        """A hidden area as each release counts it."""
        for release in range(self._now + 1):
            yield from self._cell(f"{code}/{release}", self._parts.counted(self._strata[code], release))

    def _undone(self, code: str, *, told: bool) -> Iterator[HiddenCell]:
        """The few answers that were undone, and the few that are left of a grid that was shown."""
        strata = self._strata[code]
        left = told and self._areas[code].level == GRID and code in self._few
        for release in range(1, self._now + 1):
            undone = self._parts.undone(strata, release)
            if left or self._parts.raters(undone) < LEAST:
                yield from self._cell(f"{code}-{release}", undone)
        if left:
            yield from self._cell(f"{code}/{self._now}", self._parts.counted(strata, self._now))

    def _cell(self, key: str, places: Ints) -> Iterator[HiddenCell]:
        rated = self._parts.holding.rated
        if n := self._parts.raters(places):
            yield HiddenCell(key, places[rated[places] > 0], n)

    def _published(self, shown: Collection[str]) -> PublishedSums:
        """What the ledger's tally tells, and the shares of what was shown or will be."""
        layers = Layers(self._parts.strata * self._parts.releases)
        for strata, bounds in self._tally:
            layers.add(strata, bounds)
        for release, figures in enumerate(self._figures):
            for code, known in figures.items():
                if self._shows(release, code, shown):
                    self._lay(layers, release, code, known)
        parts = self._parts
        return PublishedSums(parts.holding, parts.counts, layers.above(), layers.bounds, parts.twin)

    def _shows(self, release: int, code: str, shown: Collection[str]) -> bool:
        if release == self._now:
            return code in shown
        return self._former[release][code] == FREE and code not in self._same[release]

    def _lay(self, layers: Layers, release: int, code: str, figures: Sequence[PlaceFigure]) -> None:
        places = self._parts.counted(self._strata[code], release)
        if self._areas[code].level != GRID:
            layers.add(places, self._bounds(release, code, figures))
        elif not self._moving.isdisjoint(places.tolist()):
            best = self._parts.holding.best.values()
            layers.add(places, [SumBound(ANSWERS, each, 0.0, 0.0) for each in best])

    def _bounds(self, release: int, code: str, figures: Sequence[PlaceFigure]) -> list[SumBound]:
        """What an area's shares tell, each by the options that are good for it."""
        out = []
        for figure in figures:
            best = self._parts.holding.best[figure.item]
            if figure.covered >= COVERED:
                out.append(plain(figure, best, half=TENTH))
                if (weights := self._evidence[release].weights) is not None:
                    held = self._holdings[release]
                    base = held.rated if figure.den == RATED else held.everyone
                    whole = float(weights[self._strata[code]] @ base[self._strata[code]])
                    limits = (whole * each for each in room(figure.value, TENTH))
                    out.append(SumBound(self._parts.weighted[release], best, *limits))
        return out
