"""How far a worker's own list of respondents would have led astray: listed against unlisted, drawn by lot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.models import (
    IN_STRATUM,
    FrameUnit,
    ListEntry,
    ListMatch,
    ScoreRelease,
    Stratum,
    Wave,
)
from survey.scores.queries import score_inputs
from survey.scores.queries.releases import rows_of
from survey.scores.rules import estimation
from survey.scores.rules.columns import SATISFIED, UNRATED
from survey.scores.rules.inputs import ScoreInputs
from survey.scores.rules.list_bias import MARGIN, Arm, ListArms, arm, pooled, q_values, single
from survey.scores.rules.pipeline import GRID, OVERALL
from survey.scores.rules.release import HIDDEN
from survey.scores.rules.suppression import FEW, FREE, LEAST, SECOND
from survey.waves.queries import waves

NONE = "O"
"""The sample holds no listed or no unlisted answer, so nothing can be said."""
EVERY_LIST = ""
FIGURES = ("bias", "lo95", "hi95", "mean_listed", "mean_all", "q_value")


@dataclass(frozen=True, slots=True)
class ReportedListBias:
    """What the score would be wrong by, were only the listed asked; shares 0…1.

    `frame_listed` of the frame's households are listed, `coverage` is their share. `status` is F (shown),
    A (fewer than ten answers on either side, hidden), D (hidden because it would give another figure away)
    or O (none on a side). `q_value` is of an excess beyond five points, adjusted for the number of lists
    shown; lists together have none.
    """

    staff_code: str
    grid_code: str
    frame_listed: int
    coverage: float
    n_listed: int
    n_unlisted: int
    status: str
    bias: float | None = None
    lo95: float | None = None
    hi95: float | None = None
    mean_listed: float | None = None
    mean_all: float | None = None
    q_value: float | None = None

    @property
    def past_margin(self) -> bool:
        """Whether the listed are more content than the others by more than acquaintances explain."""
        return self.bias is not None and self.bias > MARGIN * (1 - self.coverage)


@dataclass(frozen=True, slots=True)
class _Answer:
    unit: str
    grid: str
    satisfied: bool
    weight: float


@dataclass(frozen=True, slots=True)
class _Field:
    """What a wave tells of lists: answers, strata, who listed whom, what grids are hidden, who answered."""

    answers: Sequence[_Answer]
    strata: Sequence[Stratum]
    listed: Mapping[tuple[str, str], frozenset[str]]
    hidden: frozenset[str]
    response_rate: float


def list_bias(session: Session, label: str) -> list[ReportedListBias]:
    """Return the bias of each list that was handed in before the freeze, by worker and grid.

    Refused before the wave has scores: what these hide, a list may not tell.
    """
    return _adjusted(_each(_load(session, label)))


def pooled_list_bias(session: Session, label: str) -> ReportedListBias | None:
    """Return the bias of all lists together, over the grids that they are about; None without a list."""
    field = _load(session, label)
    if not field.listed:
        return None
    grids = {grid for _, grid in field.listed}
    units = frozenset().union(*field.listed.values())
    pooled = _measured(field, EVERY_LIST, EVERY_LIST, grids=grids, units=units)
    return _unshown(pooled) if _tells(_each(field), hidden=field.hidden) else pooled


def _each(field: _Field) -> list[ReportedListBias]:
    found = [_one(field, staff, grid) for staff, grid in sorted(field.listed)]
    return protected(found, hidden=field.hidden)


def _load(session: Session, label: str) -> _Field:
    wave = waves.find(session, label)
    if wave.state != "closed" and wave.ended_at is None:
        raise Refused(_("这一轮还没有结束，不能计算名单偏差。"))
    release = session.scalar(select(ScoreRelease).where(ScoreRelease.wave_label == label))
    if release is None:
        raise Refused(_("这一轮还没有得分：先计算得分，再看名单偏差。"))
    inputs = score_inputs.of_wave(session, label)
    strata = waves.strata(session, label)
    return _Field(
        _answers(inputs, {row.stratum: row.grid_code for row in strata}),
        strata,
        _listed(session, wave),
        _hidden_grids(release),
        estimation.response_rate(Counter(unit.code for unit in inputs.units.values())) or 0.0,
    )


def _answers(inputs: ScoreInputs, grid_of: Mapping[str, str]) -> list[_Answer]:
    """The answers to the score's item, with the weights that they have in it."""
    weight = estimation.weights(inputs.units, sizes=inputs.sizes, areas=inputs.areas, margins=inputs.margins)
    rated = {code: unit for code, unit in inputs.units.items() if unit.said[OVERALL] > UNRATED}
    return [
        _Answer(code, grid_of[unit.stratum], unit.said[OVERALL] == SATISFIED, weight[code])
        for code, unit in rated.items()
        if code in weight
    ]


def _hidden_grids(release: ScoreRelease) -> frozenset[str]:
    rows = (row for row in rows_of(release) if (row.level, row.item) == (GRID, OVERALL))
    return frozenset(row.unit for row in rows if row.status == HIDDEN)


def _listed(session: Session, wave: Wave) -> dict[tuple[str, str], frozenset[str]]:
    """Units of the frame by the list (worker, grid) that they stand on; a list without a match too."""
    lists = select(ListEntry.staff_code, ListEntry.grid_code, func.count()).where(
        ListEntry.handed_in_at <= wave.frozen_at
    )
    grouped = session.execute(lists.group_by(ListEntry.staff_code, ListEntry.grid_code))
    found: dict[tuple[str, str], set[str]] = {(staff, grid): set() for staff, grid, _ in grouped}
    matches = select(ListMatch.staff_code, Stratum.grid_code, ListMatch.unit)
    matches = matches.join(FrameUnit, FrameUnit.unit == ListMatch.unit).join(Stratum, IN_STRATUM)
    for staff, grid, unit in session.execute(matches.where(ListMatch.wave_label == wave.label)):
        found.setdefault((staff, grid), set()).add(unit)
    return {key: frozenset(units) for key, units in found.items()}


def _one(field: _Field, staff: str, grid: str) -> ReportedListBias:
    return _measured(field, staff, grid, grids={grid}, units=field.listed[staff, grid])


def _measured(
    field: _Field, staff: str, grid: str, *, grids: set[str], units: frozenset[str]
) -> ReportedListBias:
    inside = [answer for answer in field.answers if answer.grid in grids]
    n_listed = sum(answer.unit in units for answer in inside)
    inside_strata = {row.stratum: row.frame_size for row in field.strata if row.grid_code in grids}
    households = sum(inside_strata.values())
    made = ReportedListBias(
        staff_code=staff,
        grid_code=grid,
        frame_listed=len(units),
        coverage=len(units) / households if households else 0.0,
        n_listed=n_listed,
        n_unlisted=len(inside) - n_listed,
        status=NONE,
    )
    fewest = min(made.n_listed, made.n_unlisted)
    if not fewest:
        return made
    if fewest < LEAST:
        return replace(made, status=FEW)
    sides = [_arms(field, each, units) for each in sorted(grids)]
    both = [arms for arms in sides if arms is not None]
    return _estimated(made, both, response_rate=field.response_rate)


def protected(found: Sequence[ReportedListBias], *, hidden: frozenset[str]) -> list[ReportedListBias]:
    """Return the rows without figures that would tell of a hidden grid, alone or beside the pooled row."""
    rows = {
        (row.staff_code, row.grid_code): _unshown(row) if row.grid_code in hidden else row for row in found
    }
    while _tells(rows.values(), hidden=hidden) and (shown := _smallest_shown(rows.values())):
        rows[shown.staff_code, shown.grid_code] = _unshown(shown)
    return list(rows.values())


def _tells(rows: Collection[ReportedListBias], *, hidden: frozenset[str]) -> bool:
    """Whether the pooled row less the shown ones tells of one grid, or of few answers."""
    rest = [row for row in rows if row.status in {FEW, SECOND} or row.grid_code in hidden]
    sides = (sum(row.n_listed for row in rest), sum(row.n_unlisted for row in rest))
    grids = {row.grid_code for row in rest if row.n_listed or row.n_unlisted}
    return len(grids) == 1 or any(0 < n < LEAST for n in sides)


def _smallest_shown(rows: Collection[ReportedListBias]) -> ReportedListBias | None:
    shown = (row for row in rows if row.status == FREE)
    return min(
        shown, key=lambda row: (row.n_listed + row.n_unlisted, row.grid_code, row.staff_code), default=None
    )


def _unshown(row: ReportedListBias) -> ReportedListBias:
    """Return a row without its figures, if it has any."""
    if row.status != FREE:
        return row
    blank: dict[str, Any] = dict.fromkeys(FIGURES)
    return replace(row, status=SECOND, **blank)


def _arms(field: _Field, grid: str, units: frozenset[str]) -> ListArms | None:
    """The two sides of a grid's lists; None where one of them gave no answer."""
    inside = [answer for answer in field.answers if answer.grid == grid]
    households = sum(row.frame_size for row in field.strata if row.grid_code == grid)
    known = (named & units for (_, where), named in field.listed.items() if where == grid)
    listed = len(frozenset[str]().union(*known))
    on, off = ([each for each in inside if (each.unit in units) == side] for side in (True, False))
    return ListArms(_arm(on, listed), _arm(off, households - listed)) if on and off else None


def _arm(answers: Sequence[_Answer], households: int) -> Arm:
    weights = np.array([each.weight for each in answers])
    return arm(weights, np.array([each.satisfied for each in answers]), households=households)


def _estimated(
    made: ReportedListBias, lists: Sequence[ListArms], *, response_rate: float
) -> ReportedListBias:
    if not lists:
        return made
    one = len(lists) == 1
    bias = (
        single(lists[0], response_rate=response_rate) if one else pooled(lists, response_rate=response_rate)
    )
    size = sum(each.households for each in lists)
    everybody = sum(each.households * each.everybody for each in lists) / size
    return replace(
        made,
        status=FREE,
        bias=bias.value,
        lo95=bias.low,
        hi95=bias.high,
        mean_listed=everybody + bias.value,
        mean_all=everybody,
        q_value=bias.p_value,
    )


def _adjusted(found: list[ReportedListBias]) -> list[ReportedListBias]:
    """Return the rows with their p-values adjusted for the number of lists (Benjamini and Hochberg)."""
    q = iter(q_values([row.q_value for row in found if row.q_value is not None]))
    return [row if row.q_value is None else replace(row, q_value=next(q)) for row in found]
