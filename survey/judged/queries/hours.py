"""Hours on a card: the worker's own and the departments', and cases that aren't held against the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.attribution.queries import attributions
from survey.attribution.rules import showing
from survey.attribution.rules.places import EVERYTHING
from survey.attribution.rules.rows import AsideRow, HolderRow
from survey.scores.rules.pipeline import CITY, GRID


@dataclass(frozen=True, slots=True)
class CardHours:
    """Whose hours they were in the period released last: `own` of a grid's workers, `theirs` of departments.

    `asides` are the cases of the grid that aren't held against its workers, by name.
    """

    period: str
    own: Sequence[HolderRow]
    theirs: Sequence[HolderRow]
    asides: Sequence[AsideRow]


def of(session: Session, *, unit: str, level: str, above: str) -> CardHours | None:
    """Return the hours that a card shows; None before any period was attributed.

    `above` is the street of a grid; empty where no street is known.
    """
    made = attributions.latest(session)
    if made is None:
        return None
    found, worker = made.found, level == GRID
    area = EVERYTHING if level == CITY else above if worker else unit
    theirs = [row for row in showing.holders_of(found, area) if showing.is_department(row.holder)]
    own = [row for row in found.holders if worker and (row.level, row.area) == (GRID, unit) and row.staff]
    asides = [row for row in found.asides if worker and row.grid == unit]
    return CardHours(found.period, own, theirs, asides[: showing.LONGEST])
