"""From released units to figures of every area: counts, what each complete says, the one pipeline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from sampling.comparing.outcomes import rates
from survey.fieldwork.rules.dispositions import group_of
from survey.registry.rules.margins import CATEGORIES
from survey.scores.rules.areas import Places, ReportArea, places
from survey.scores.rules.columns import LEFT_OUT, UNKNOWN, UNRATED, Completes, Margin
from survey.scores.rules.items import ABOVE_GRIDS, DENS
from survey.scores.rules.pipeline import GRID, RATED, PlaceFigure, PlaceFigures, Terms, figures
from survey.scores.rules.steps import Told, silent
from survey.scores.rules.weighting import Weighted, weighted

COMPLETE = frozenset({"complete", "complete_other"})
Said = tuple[int, ...]
GROUPS = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")


@dataclass(frozen=True, slots=True)
class Unit:
    """A released unit: its stratum, its final outcome, and what it says to each item if it completed.

    `told` are its categories by margin, of those that are known.
    """

    stratum: str
    code: str
    said: Mapping[str, int]
    told: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Count:
    """An area's released units by outcome, and how many answered each item, by denominator."""

    outcomes: Counter[str]
    answered: Counter[tuple[str, str]]

    @property
    def issued(self) -> int:
        """How many units were released."""
        return self.outcomes.total()

    @property
    def completes(self) -> int:
        """How many completed."""
        return sum(self.outcomes[code] for code in COMPLETE)

    @property
    def response_rate(self) -> float | None:
        """RR1; None where nobody was eligible."""
        return response_rate(self.outcomes)


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """What is known of an area, an item and a denominator; `figure` is None without an answer.

    `pooled` are the waves whose answers it holds, where these are several. `apart` is by how many answers it
    differs at least from a figure that was shown before: those few it would tell of.
    """

    area: ReportArea
    item: str
    den: str
    count: Count
    figure: PlaceFigure | None
    pooled: tuple[str, ...] = ()
    apart: int | None = None

    @property
    def answers(self) -> int:
        """How many answers it has, or how few it would tell of beside what was shown before."""
        held = self.count.answered[self.item, self.den]
        return held if self.apart is None else min(held, self.apart)


def area_figures(
    units: Sequence[Unit],
    *,
    sizes: Mapping[str, int],
    areas: Sequence[ReportArea],
    complaints: Mapping[str, int] | None = None,
    margins: Sequence[Margin] = (),
    told: Told = silent,
) -> tuple[AreaFigure, ...]:
    """Return the figures of all areas, by item, denominator and area; `sizes` are the strata's N_h,
    `complaints` those of each grid by its code, `margins` the city's, where any are known.

    The completes stand for the frame's households; those who rated are a domain of them, never a sample of
    their own. A grid drawn in two strata of which one gave no answer has no figure: the other alone says
    nothing of it.
    """
    counted = counts(units, areas)
    at = places(areas, sizes=sizes)
    made = _made(units, at, terms(units, at, complaints, margins), told=told)
    halves = half_answered(units, areas)
    found = []
    for item, dens in DENS.items():
        for den in dens:
            for area in areas:
                if area.level == GRID and item in ABOVE_GRIDS:
                    continue
                figure = made.get((area.level, area.code, item, den))
                known = None if (area.code, item, den) in halves else figure
                found.append(AreaFigure(area, item, den, counted[area.code], known))
    return tuple(found)


def weights(
    units: Mapping[str, Unit],
    *,
    sizes: Mapping[str, int],
    areas: Sequence[ReportArea],
    margins: Sequence[Margin] = (),
) -> dict[str, float]:
    """Return the weight that each unit that completed has in every figure."""
    complete = {code: unit for code, unit in units.items() if unit.code in COMPLETE}
    if not complete:
        return {}
    made = _weighted(list(complete.values()), places(areas, sizes=sizes), margins)
    return dict(zip(complete, made.design.weights.tolist(), strict=True))


def met(
    units: Iterable[Unit],
    *,
    sizes: Mapping[str, int],
    areas: Sequence[ReportArea],
    margins: Sequence[Margin],
) -> tuple[str, ...]:
    """Return the names of the margins that the weights meet: of the others too few answered."""
    complete = [unit for unit in units if unit.code in COMPLETE]
    if not complete or not margins:
        return ()
    return _weighted(complete, places(areas, sizes=sizes), margins).margins


def _weighted(complete: Sequence[Unit], at: Places, margins: Sequence[Margin]) -> Weighted:
    return weighted(at.frame, columns(complete, at), margins)


def counts(units: Iterable[Unit], areas: Iterable[ReportArea]) -> dict[str, Count]:
    """Return what became of every area's units."""
    held = by_stratum(units)
    return {
        area.code: together([held[stratum] for stratum in area.strata if stratum in held]) for area in areas
    }


def by_stratum(units: Iterable[Unit]) -> dict[str, Count]:
    """Return what became of every stratum's units: each is looked at once, whatever areas it lies in."""
    alike: dict[str, Counter[tuple[str, Said]]] = {}
    for unit in units:
        alike.setdefault(unit.stratum, Counter())[unit.code, _said(unit)] += 1
    return {stratum: _count(found) for stratum, found in alike.items()}


def _count(alike: Mapping[tuple[str, Said], int]) -> Count:
    outcomes, answered = Counter[str](), Counter[tuple[str, str]]()
    for (code, said), number in alike.items():
        outcomes[code] += number
        for key in _counted_in(said):
            answered[key] += number
    return Count(outcomes, answered)


def together(found: Sequence[Count]) -> Count:
    """Return the counts of several areas without a unit in common as that of one."""
    outcomes, answered = Counter[str](), Counter[tuple[str, str]]()
    for count in found:
        outcomes.update(count.outcomes)
        answered.update(count.answered)
    return Count(outcomes, answered)


def response_rate(outcomes: Counter[str]) -> float | None:
    """Return RR1 of these outcomes; None where nobody was eligible."""
    groups: dict[str, int] = dict.fromkeys(GROUPS, 0)
    for code, number in outcomes.items():
        groups[group_of(code)] += number
    rate = rates(groups)["RR1"]
    return None if rate is None else float(rate)


def _said(unit: Unit) -> Said:
    """What a complete says to each item, in their order; nothing, of a unit that isn't complete."""
    return tuple(map(unit.said.__getitem__, DENS)) if unit.code in COMPLETE else ()


@lru_cache(maxsize=4096)
def _counted_in(said: Said) -> tuple[tuple[str, str], ...]:
    """The items and denominators that such answers count in."""
    given = zip(DENS.items(), said, strict=bool(said))
    return tuple((item, den) for (item, dens), one in given for den in dens if _counts(one, den=den))


def _counts(said: int, *, den: str) -> bool:
    return said > (UNRATED if den == RATED else LEFT_OUT)


def _made(
    units: Sequence[Unit], at: Places, known: Terms, *, told: Told
) -> dict[tuple[str, str, str, str], PlaceFigure]:
    complete = [unit for unit in units if unit.code in COMPLETE]
    if not complete:
        return {}
    return _by_area(figures(at.frame, columns(complete, at), known, dens=DENS, told=told), at)


def terms(
    units: Iterable[Unit],
    at: Places,
    complaints: Mapping[str, int] | None = None,
    margins: Sequence[Margin] = (),
) -> Terms:
    """Return what is known of a wave beside its answers."""
    rate = response_rate(Counter(unit.code for unit in units)) or 0.0
    if not complaints:
        return Terms(rate, margins)
    grids = at.areas[GRID]
    counted = np.array([complaints.get(grids[g].code, 0) for g in range(len(grids))])
    return Terms(rate, margins, counted)


def columns(complete: Sequence[Unit], at: Places) -> Completes:
    """Return completes as the pipeline takes them."""
    strata = np.array([at.stratum[unit.stratum] for unit in complete], dtype=np.int64)
    items = {item: np.array([unit.said[item] for unit in complete], dtype=np.int64) for item in DENS}
    told = {
        name: np.array([unit.told.get(name, UNKNOWN) for unit in complete], dtype=np.int64)
        for name in CATEGORIES
    }
    return Completes(strata, items, told)


def _by_area(made: PlaceFigures, at: Places) -> dict[tuple[str, str, str, str], PlaceFigure]:
    found = {}
    for row in made.rows:
        if (area := at.areas[row.level].get(row.place)) is not None:
            found[row.level, area.code, row.item, row.den] = row
    return found


def half_answered(units: Iterable[Unit], areas: Iterable[ReportArea]) -> frozenset[tuple[str, str, str]]:
    """Return grids drawn in two, with item and denominator, of which one stratum gave no answer."""
    split = [area for area in areas if area.level == GRID and len(area.strata) > 1]
    if not split:
        return frozenset()
    drawn = frozenset[str]().union(*(area.strata for area in split))
    held = by_stratum(unit for unit in units if unit.stratum in drawn)
    keys = [(item, den) for item, dens in DENS.items() for den in dens]
    return frozenset(
        (grid.code, *key)
        for grid in split
        for key in keys
        if not all(stratum in held and held[stratum].answered[key] for stratum in grid.strata)
    )
