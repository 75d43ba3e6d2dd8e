"""Scores of grids from several waves: a wave's few answers of a grid say little alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from survey.scores.rules import estimation
from survey.scores.rules.areas import Places, ReportArea, places
from survey.scores.rules.columns import Ints, Margin
from survey.scores.rules.estimation import COMPLETE, AreaFigure, Count, Unit
from survey.scores.rules.items import DENS
from survey.scores.rules.pipeline import AWAY, GRID, FieldWave, PlaceFigure, pooled

MOST = 4
"""A score of grids pools no more waves."""
Cell = tuple[str, str, str]
"""A grid's code, an item, a denominator."""
AGAIN = "#"
"""Stands between a wave's label and the number of its release, where that isn't the first."""


def tag(label: str, number: int) -> str:
    """Return how a row names a wave of which this release was read."""
    return label if number == 1 else f"{label}{AGAIN}{number}"


def wave_of(tagged: str) -> str:
    """Return the label of the wave that a row names."""
    return tagged.partition(AGAIN)[0]


@dataclass(frozen=True, slots=True)
class WaveAnswers:
    """A wave's released units, households of its strata, areas of its report, complaints by grid, margins."""

    label: str
    units: Sequence[Unit]
    sizes: Mapping[str, int]
    areas: Sequence[ReportArea]
    complaints: Mapping[str, int] | None = None
    margins: Sequence[Margin] = ()

    @property
    def grids(self) -> dict[str, str]:
        """The type of each grid by its code."""
        return {area.code: area.kind for area in self.areas if area.level == GRID}


def pool(
    found: Sequence[AreaFigure],
    waves: Sequence[WaveAnswers],
    *,
    shown: Mapping[Cell, Sequence[frozenset[str]]],
) -> tuple[AreaFigure, ...]:
    """Return the figures of the last wave with those of grids taken from all `waves`, the last one last.

    Streets, communities and the city stand for their wave. `shown` are the waves of each former figure that
    was published of a grid.
    """
    if len(waves) == 1:
        return tuple(found)
    made = _figures(waves)
    counted = {wave.label: estimation.counts(wave.units, wave.areas) for wave in waves}
    alike = _alike(waves)
    return tuple(
        _pooled(each, made, {label: counted[label][each.area.code] for label in alike[each.area.code]}, shown)
        if each.area.level == GRID
        else each
        for each in found
    )


def _alike(waves: Sequence[WaveAnswers]) -> dict[str, list[str]]:
    """The waves, by grid of the last one, in which it stands with the same type."""
    now = waves[-1].grids
    return {
        code: [wave.label for wave in waves if wave.grids.get(code) == kind] for code, kind in now.items()
    }


def _figures(waves: Sequence[WaveAnswers]) -> dict[Cell, PlaceFigure]:
    here = places(waves[-1].areas, sizes=waves[-1].sizes)
    given = [one for wave in waves if (one := _field_wave(wave, here)) is not None]
    if not given or not any(unit.code in COMPLETE for unit in waves[-1].units):
        return {}
    areas = here.areas[GRID]
    return {(areas[row.place].code, row.item, row.den): row for row in pooled(given, dens=DENS).rows}


def _field_wave(wave: WaveAnswers, here: Places) -> FieldWave | None:
    complete = [unit for unit in wave.units if unit.code in COMPLETE]
    if not complete:
        return None
    at = places(wave.areas, sizes=wave.sizes)
    size = len(at.frame.type)
    of = {area.code: place for place, area in at.areas[GRID].items()}
    half = {(item, den): np.zeros(size, dtype=bool) for item, dens in DENS.items() for den in dens}
    for code, item, den in estimation.half_answered(wave.units, wave.areas):
        half[item, den][of[code]] = True
    known = estimation.terms(wave.units, at, wave.complaints, wave.margins)
    return FieldWave(at.frame, estimation.columns(complete, at), known, _now(at, here), half)


def _now(at: Places, here: Places) -> Ints:
    """Where each grid of a wave lies in the last one."""
    now = {(area.code, area.kind): place for place, area in here.areas[GRID].items()}
    then = at.areas[GRID]
    return np.array(
        [now.get((then[place].code, then[place].kind), AWAY) for place in range(len(then))], dtype=np.int64
    )


def _pooled(
    each: AreaFigure,
    made: Mapping[Cell, PlaceFigure],
    counted: Mapping[str, Count],
    shown: Mapping[Cell, Sequence[frozenset[str]]],
) -> AreaFigure:
    cell = (each.area.code, each.item, each.den)
    answered = {label: count.answered.get(cell[1:], 0) for label, count in counted.items()}
    labels = tuple(label for label, n in answered.items() if n)
    return replace(
        each,
        count=estimation.together(list(counted.values())),
        figure=made.get(cell),
        pooled=labels if len(labels) > 1 else (),
        apart=_apart(answered, shown.get(cell, ())),
    )


def _apart(answered: Mapping[str, int], shown: Sequence[frozenset[str]]) -> int | None:
    """By how many answers, at the least, the waves' figure differs from one that was shown.

    What was dropped since may be of waves that nobody counts any more, or of a wave that was put right: it is
    taken for one answer.
    """
    now = {tagged for tagged, n in answered.items() if n}
    apart = [_fresh(answered, now, then) or len(then - now) for then in shown]
    return min((number for number in apart if number), default=None)


def _fresh(answered: Mapping[str, int], now: frozenset[str] | set[str], then: frozenset[str]) -> int:
    """How many answers are of waves that the figure of then didn't hold in any release."""
    known = set(map(wave_of, then))
    return sum(answered[tagged] for tagged in now if wave_of(tagged) not in known)
