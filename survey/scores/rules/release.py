"""The release: one rounded table, in which what few answers would tell is hidden."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from survey.scores.rules.concealing import COVERED, Statuses
from survey.scores.rules.estimation import AreaFigure
from survey.scores.rules.pipeline import ALL, CITY, GRID, MODELLED, OVERALL, RATED, PlaceFigure
from survey.scores.rules.suppression import FEW, FREE, SECOND
from survey.scores.rules.waves_pooled import AGAIN, wave_of

LOW_ANSWERS, WIDE, HALF = 30, 0.30, 0.5
YEAR = 4
"""Waves that together stand for a year."""
COUNTS = 5
"""Counts are told in steps of so many, and none below two steps."""
MODEL, DIRECT, UNSURE, NONE, HIDDEN = "E", "A", "U", "O", "Q"
"""Estimated by a model; of its own answers; of low reliability; no answers; hidden (SDMX)."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One published figure: an area, an item, a denominator. Shares are 0…1; what may not be shown is None.

    `asked` and `n` are the units called and the answers, rounded; None below ten. `estimate`, `low` and
    `high` are weighted and allow for those who didn't answer; `unweighted` is the plain share of the answers,
    None where they all agree, as `estimate` is then: nobody is told "100 %", `low` says how much at least.
    `wave` names several, joined by +, where a grid's answers of several waves are pooled.
    `frame_covered` is the share of the area's households that lie in grids with an answer.
    """

    wave: str
    level: str
    unit: str
    name: str
    type: str
    item: str
    den: str
    asked: int | None
    n: int | None
    estimate: float | None
    low: float | None
    high: float | None
    unweighted: float | None
    frame_covered: float | None
    position: str | None
    footnotes: str
    status: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds of a whole wave: whether outside margins corrected who answers, whether it ended early.

    `met` names the margins that the weights meet. `phoneless` says that too few without a telephone answered.
    `uncorrected` are the waves before, of those pooled, that no margins corrected.
    """

    margins: bool = False
    early: bool = False
    met: tuple[str, ...] = ()
    phoneless: bool = False
    uncorrected: frozenset[str] = frozenset()

    def corrected(self, pooled: Iterable[str]) -> bool:
        """Whether margins corrected who answers in each of the waves that a figure holds."""
        return self.margins and self.uncorrected.isdisjoint(pooled)


def rows(wave: str, found: Sequence[AreaFigure], facts: Facts, *, statuses: Statuses) -> tuple[ScoreRow, ...]:
    """Return the release's rows, in the order of the figures; `statuses` say what of them is hidden."""
    counts = {each.area.code: each.count for each in found}
    known = {code: count.response_rate for code, count in counts.items()}
    whole = next((known[each.area.code] for each in found if each.area.level == CITY), None)
    out = []
    for each in found:
        notes = _notes(each, facts, rate=known[each.area.code], whole=whole)
        out.append(_row(wave, each, status=statuses[each.item][each.area.code], notes=notes))
    return tuple(out)


def statuses_of(found: Iterable[ScoreRow]) -> dict[str, dict[str, str]]:
    """Return every area's status by item, as a release that is out shows it."""
    out: dict[str, dict[str, str]] = {}
    for row in found:
        marks = row.footnotes.split(";")
        hidden = FEW if "1" in marks else SECOND if "2" in marks else FREE
        out.setdefault(row.item, {})[row.unit] = hidden if row.status == HIDDEN else FREE
    return out


def repeated(found: Iterable[ScoreRow], *, number: int) -> dict[str, set[str]]:
    """Return the areas, by item, whose rows a release that is out has from those before it."""
    out: dict[str, set[str]] = {}
    for row in found:
        if not row.wave.endswith(f"{AGAIN}{number}") and number > 1:
            out.setdefault(row.item, set()).add(row.unit)
    return out


def corrected(
    made: Sequence[ScoreRow],
    before: Sequence[ScoreRow],
    *,
    repeated: Mapping[str, Collection[str]],
    touched: Collection[str],
) -> tuple[ScoreRow, ...]:
    """Return the rows of a corrected release: of areas that are `repeated` by item those before stand.

    Of the others those `made` now, where they hold the same waves as before. A note says which is which of
    the areas that were `touched`.
    """
    out = []
    for row, former in zip(made, before, strict=True):
        if row.unit in repeated[row.item]:
            out.append(_noted(former, "20") if row.unit in touched else former)
        else:
            same = _waves(row) == _waves(former)
            out.append(_noted(row, "12") if same else _withheld(row))
    return tuple(out)


def _waves(row: ScoreRow) -> set[str]:
    return set(map(wave_of, row.wave.split("+")))


def _noted(row: ScoreRow, note: str) -> ScoreRow:
    """A row with a note more, if it shows anything."""
    if row.low is None:
        return row
    notes = {int(each) for each in (*row.footnotes.split(";"), note) if each}
    return replace(row, footnotes=";".join(map(str, sorted(notes))))


def _withheld(row: ScoreRow) -> ScoreRow:
    """A row hidden for another's sake."""
    blank: dict[str, Any] = dict.fromkeys(
        ("n", "estimate", "low", "high", "unweighted", "frame_covered", "position")
    )
    return replace(row, **blank, footnotes="2", status=HIDDEN) if row.low is not None else row


def _row(wave: str, each: AreaFigure, *, status: str, notes: Sequence[str]) -> ScoreRow:
    area, figure = each.area, each.figure
    row = ScoreRow(
        wave="+".join(each.pooled) or wave,
        level=area.level,
        unit=area.code,
        name=area.name,
        type=area.kind,
        item=each.item,
        den=each.den,
        asked=rounded_count(each.count.issued),
        n=None,
        estimate=None,
        low=None,
        high=None,
        unweighted=None,
        frame_covered=None,
        position=None,
        footnotes=";".join(notes),
        status=NONE,
    )
    if status != FREE:
        marks = ["1" if status == FEW else "2", *(note for note in notes if note in {"4", "18", "19"})]
        return replace(row, footnotes=";".join(marks), status=HIDDEN)
    if figure is None:
        return row
    shown = replace(row, n=rounded_count(figure.n), frame_covered=rounded(figure.covered, digits=2))
    if figure.covered < COVERED and area.level != GRID:
        return replace(shown, status=HIDDEN)
    return _shown(shown, figure, digits=2 if area.level == GRID else 3)


def _shown(row: ScoreRow, figure: PlaceFigure, *, digits: int) -> ScoreRow:
    unsure = figure.n < LOW_ANSWERS or figure.high - figure.low >= WIDE
    estimate, low, high = as_published(figure)
    return replace(
        row,
        estimate=estimate if 0 < estimate < 1 else None,
        low=low,
        high=high,
        unweighted=None if figure.unweighted in {0.0, 1.0} else rounded(figure.unweighted, digits=digits),
        position=figure.position,
        status=UNSURE if unsure else MODEL if figure.method == MODELLED else DIRECT,
    )


def as_published(figure: PlaceFigure) -> tuple[float, float, float]:
    """Return a figure's share and its limits, rounded outward, as finely as its level is published."""
    digits = 2 if figure.level == GRID else 3
    return (
        rounded(figure.value, digits=digits),
        rounded(figure.low, digits=digits, to=ROUND_FLOOR),
        rounded(figure.high, digits=digits, to=ROUND_CEILING),
    )


def rounded(share: float, *, digits: int, to: str = ROUND_HALF_EVEN) -> float:
    """Return a share rounded to so many digits, half to even unless told otherwise."""
    # A share that is whole but for the last bits of the arithmetic is whole.
    exact = Decimal(repr(round(share, 12)))
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=to))


def rounded_count(count: int) -> int | None:
    """Return a count in steps of five; None below ten."""
    if count < 2 * COUNTS:
        return None
    return COUNTS * math.floor(count / COUNTS + HALF)


def _notes(each: AreaFigure, facts: Facts, *, rate: float | None, whole: float | None) -> list[str]:
    """The footnotes of a figure, by number; `rate` is its area's RR1, `whole` the city's."""
    if each.figure is None:
        return [
            *(["4"] if len(each.pooled) < YEAR else []),
            "13",
            *(["18"] if facts.early else []),
            *([] if facts.corrected(each.pooled) else ["19"]),
        ]
    figure, count = each.figure, each.count
    completes = max(1, count.answered.get((each.item, ALL), 0))
    tests: tuple[tuple[str, bool], ...] = (
        ("3", figure.n < LOW_ANSWERS),
        ("4", len(each.pooled) < YEAR),
        ("5", figure.gamma_decision is not None and figure.gamma_decision < HALF),
        ("9", facts.phoneless),
        ("10", rate is not None and whole is not None and rate < whole * HALF),
        ("15", each.den == RATED and figure.n * 2 < completes),
        ("17", figure.covered < COVERED and each.area.level != GRID),
        ("18", facts.early),
        ("19", not facts.corrected(each.pooled)),
    )
    return [code for code, holds in tests if holds]


def complaints(found: Sequence[AreaFigure]) -> dict[str, float]:
    """Return what the model found for complaints, by denominator: more of them, less satisfied.

    Above 0 they had no part in any figure.
    """
    grids = [each for each in found if each.figure and (each.area.level, each.item) == (GRID, OVERALL)]
    made = {each.den: each.figure.complaints for each in grids if each.figure}
    return {den: round(value, 4) for den, value in made.items() if value is not None}


def city_row(found: Sequence[ScoreRow], *, item: str, den: str) -> ScoreRow | None:
    """Return the city's row of an item and denominator."""
    wanted = (CITY, item, den)
    return next((row for row in found if (row.level, row.item, row.den) == wanted), None)
