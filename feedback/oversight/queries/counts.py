"""Counts of what runs, by kind of desk and by community: one statement, whatever there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from feedback.cases.queries import desks
from feedback.models import Area, Case
from feedback.oversight.queries.cases import RUNNING, Overseer, due, inside
from feedback.oversight.rules import filters
from feedback.oversight.rules.counts import CaseCount, added, whole
from feedback.oversight.rules.filters import kind_of_desk
from feedback.web.queries import lookups


@dataclass(frozen=True, slots=True)
class RunningCounts:
    """What runs in an area: altogether, by kind of desk, and by community, street by street."""

    whole: CaseCount
    by_desk: Mapping[str, CaseCount]
    by_community: Mapping[str, CaseCount]
    idling: int


def overview(session: Session, *, seen_by: Overseer, now: datetime) -> RunningCounts:
    """Return the counts of all that runs and that an overseer sees."""
    where = desks.where().label("where")
    query = (
        select(
            where,
            Case.grid_code,
            func.count(Case.id),
            _sum(due("today", now=now)),
            _sum(due("overdue", now=now)),
            _sum(Case.idling != ""),
        )
        .where(RUNNING, inside(seen_by))
        .group_by(where, Case.grid_code)
    )
    rows = [(desk, grid, CaseCount(*counts), idle) for desk, grid, *counts, idle in session.execute(query)]
    known = lookups.areas(session)
    counted = added((community_of(known, grid), count) for _desk, grid, count, _idle in rows)
    return RunningCounts(
        whole=whole(count for _desk, _grid, count, _idle in rows),
        by_desk=added((kind_of_desk(desk), count) for desk, _grid, count, _idle in rows),
        by_community={code: counted[code] for code in sorted(counted, key=partial(lookups.line, known))},
        idling=sum(idle for *_rest, idle in rows),
    )


def community_of(known: Mapping[str, Area], grid_code: str | None) -> str:
    """Return the code of a grid's community, else of the grid; NO_GRID where there is neither."""
    grid = known.get(grid_code or "")
    if grid is None:
        return filters.NO_GRID
    above = known.get(grid.parent_code or "")
    return above.code if above is not None and above.level == "community" else grid.code


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
