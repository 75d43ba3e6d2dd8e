"""Direct estimates: units to arrays once, weights, domains, intervals, and what may not be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.fieldwork.rules.dispositions import group_of
from survey.scores.rules.suppression import FEW, FREE, SECOND, ScoreCell, statuses
from survey.waves.rules.release_terms import LONELY

TOP = {"overall": 4, "overall_top3": 3}
"""Items and the least answer that counts as satisfied; the official top-3 stands beside the score."""
DENOMINATORS = ("rated", "all")
LOW_ANSWERS = 30
WIDE = 0.30
EVERYTHING = "all"
COMPLETE = frozenset({"complete", "complete_other"})
GROUPS = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")


@dataclass(frozen=True, slots=True)
class Unit:
    """A released unit: its stratum, its final outcome, its headline answer 1…5 if it gave one."""

    stratum: str
    code: str
    answer: int | None


@dataclass(frozen=True, slots=True)
class ReportArea:
    """An area of the release; `strata` are those of its grids, `parent` the area above in the release."""

    level: str
    code: str
    name: str
    kind: str
    parent: str | None
    strata: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One figure: an area, an item, a denominator. Shares are 0…1; what may not be shown is None."""

    wave: str
    level: str
    unit_id: str
    name: str
    type: str
    item: str
    den: str
    ci_method: str
    n_issued: int
    n_completed: int
    n_item: int
    rr1: float | None
    df: int | None
    est_direct: float | None
    se: float | None
    lo95_direct: float | None
    hi95_direct: float | None
    footnotes: str
    OBS_STATUS: str
    CONF_STATUS: str


@dataclass(frozen=True, slots=True)
class _Count:
    """A area's released units by outcome, and how many answered by denominator."""

    outcomes: Counter[str]
    answered: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    se: float
    df: int
    low: float
    high: float


def rows(
    wave: str, *, units: Sequence[Unit], sizes: Mapping[str, int], areas: Sequence[ReportArea]
) -> tuple[ScoreRow, ...]:
    """Return the rows of a release, by item, denominator and area.

    `sizes` are the strata's households in the frame, N_h. Within a stratum every complete stands for N_h/n_h
    households, n_h completes; those who rated are a domain of them, never a sample of their own.
    """
    counted = _counts(units, areas)
    complete = [unit for unit in units if unit.code in COMPLETE]
    hidden = _hidden(areas, counted)
    found = []
    for item, least in TOP.items():
        for den in DENOMINATORS:
            figures = _figures(complete, den=den, least=least, sizes=sizes, areas=areas)
            for area in areas:
                row = _row(wave, area, counted[area.code], item=item, den=den)
                found.append(_filled(row, figures.get(area.code), status=hidden[area.code]))
    return tuple(found)


def _answered(units: Iterable[Unit], *, den: str) -> list[Unit]:
    """Return the completes that count in a denominator."""
    return [unit for unit in units if unit.code in COMPLETE and _counts_in(unit, den)]


def _counts_in(unit: Unit, den: str) -> bool:
    """Whether a complete counts in a denominator: those that rated 1…5, or all."""
    return den == "all" or unit.answer is not None


def _counts(units: Sequence[Unit], areas: Iterable[ReportArea]) -> dict[str, _Count]:
    inside: dict[str, list[Unit]] = {}
    for unit in units:
        inside.setdefault(unit.stratum, []).append(unit)
    found = {}
    for area in areas:
        here = [unit for stratum in area.strata for unit in inside.get(stratum, ())]
        answered = {den: len(_answered(here, den=den)) for den in DENOMINATORS}
        found[area.code] = _Count(Counter(unit.code for unit in here), answered)
    return found


def _hidden(areas: Sequence[ReportArea], counted: Mapping[str, _Count]) -> dict[str, str]:
    """Return every area's status, one for all items and denominators: their numerators tell of each other.

    What either denominator must hide is hidden in both.
    """
    found = dict.fromkeys(counted, FREE)
    for den in DENOMINATORS:
        cells = [ScoreCell(area.code, area.parent, counted[area.code].answered[den]) for area in areas]
        for key, status in statuses(cells).items():
            found[key] = min(found[key], status, key=(FEW, SECOND, FREE).index)
    return found


def _figures(
    complete: Sequence[Unit], *, den: str, least: int, sizes: Mapping[str, int], areas: Sequence[ReportArea]
) -> dict[str, _Figure]:
    """Return the estimate of every area with an answer."""
    if not any(_counts_in(unit, den) for unit in complete):
        return {}
    import numpy as np  # noqa: PLC0415  (the estimation path alone needs it)

    from sampling.designs.design import SurveyDesign  # noqa: PLC0415
    from sampling.estimates.estimators import proportion  # noqa: PLC0415

    strata = np.array([unit.stratum for unit in complete])
    counts = np.array([_counts_in(unit, den) for unit in complete])
    labels, at, held = np.unique(strata, return_inverse=True, return_counts=True)
    frame = np.array([sizes[label] for label in labels.tolist()], dtype=np.float64)
    design = SurveyDesign((frame / held)[at], strata=strata, fpc=frame[at], lonely=LONELY)
    satisfied = np.array([unit.answer is not None and unit.answer >= least for unit in complete])
    found: dict[str, _Figure] = {}
    for level in {area.level for area in areas}:
        inside = _by_stratum(areas, level=level)
        half = _half_answered(complete, areas, level=level, den=den)
        where = np.array([_area_of(unit, inside, but=half) for unit in complete])
        chosen = counts & (where != "")
        if not chosen.any():
            continue
        made = proportion(design.subset(chosen), satisfied, by=where)
        limits = made.interval(method="wilson_capped")
        columns = (made.value, made.se, made.df, limits.low, limits.high)
        numbers = zip(*(np.asarray(column).tolist() for column in columns), strict=True)
        found |= {str(key): _Figure(*each) for key, each in zip(made.domains, numbers, strict=True)}
    return found


def _area_of(unit: Unit, inside: Mapping[str, str], *, but: Collection[str]) -> str:
    area = inside.get(unit.stratum, "")
    return "" if area in but else area


def _half_answered(
    complete: Iterable[Unit], areas: Iterable[ReportArea], *, level: str, den: str
) -> frozenset[str]:
    """Return the grids drawn in two of which one arm gave no answer: the other alone says nothing of them."""
    if level != "grid":
        return frozenset()
    answered = {unit.stratum for unit in complete if _counts_in(unit, den)}
    grids = (area for area in areas if area.level == level)
    return frozenset(grid.code for grid in grids if not grid.strata <= answered)


def _by_stratum(areas: Iterable[ReportArea], *, level: str) -> dict[str, str]:
    """Return to which area of a level each stratum belongs."""
    return {stratum: area.code for area in areas if area.level == level for stratum in area.strata}


def _row(wave: str, area: ReportArea, count: _Count, *, item: str, den: str) -> ScoreRow:
    return ScoreRow(
        wave=wave,
        level=area.level,
        unit_id=area.code,
        name=area.name,
        type=area.kind,
        item=item,
        den=den,
        ci_method="",
        n_issued=count.outcomes.total(),
        n_completed=count.answered["all"],
        n_item=count.answered[den],
        rr1=_response_rate(count.outcomes),
        df=None,
        est_direct=None,
        se=None,
        lo95_direct=None,
        hi95_direct=None,
        footnotes="",
        OBS_STATUS="O",
        CONF_STATUS=FREE,
    )


def _response_rate(outcomes: Counter[str]) -> float | None:
    from sampling.comparing.outcomes import rates  # noqa: PLC0415

    groups: dict[str, int] = dict.fromkeys(GROUPS, 0)
    for code, number in outcomes.items():
        groups[group_of(code)] += number
    rate = rates(groups)["RR1"]
    return None if rate is None else float(rate)


def _filled(row: ScoreRow, figure: _Figure | None, *, status: str) -> ScoreRow:
    if figure is None:
        return replace(row, footnotes="4;13")
    if status != FREE:
        return replace(
            row, footnotes="2;4" if status == SECOND else "1;4", OBS_STATUS="Q", CONF_STATUS=status
        )
    is_low = row.n_item < LOW_ANSWERS or figure.high - figure.low >= WIDE
    return replace(
        row,
        ci_method="wilson_design_t",
        df=figure.df,
        est_direct=figure.value,
        se=figure.se,
        lo95_direct=figure.low,
        hi95_direct=figure.high,
        footnotes=_footnotes(row),
        OBS_STATUS="U" if is_low else "A",
    )


def _footnotes(row: ScoreRow) -> str:
    """3: fewer than 30 answers. 4: less than twelve months. 15: fewer than half of the completes answered."""
    tests: tuple[tuple[str, Callable[[ScoreRow], bool]], ...] = (
        ("3", lambda row: row.n_item < LOW_ANSWERS),
        ("4", lambda _: True),
        ("15", lambda row: row.n_item * 2 < row.n_completed),
    )
    return ";".join(code for code, holds in tests if holds(row))
