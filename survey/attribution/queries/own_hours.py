"""A worker's own hours and the others' in the period released last, as a worker's card tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.attribution.queries import attributions
from survey.attribution.rules.custody import WORKER
from survey.attribution.rules.release import Attribution
from survey.attribution.rules.rows import AsideRow, HolderRow, WorkerScoreRow
from survey.scores.rules.pipeline import GRID, STREET


@dataclass(frozen=True, slots=True)
class OwnAndOthersHours:
    """A worker of a grid in a released period: their hours, the others' in their street, what is set aside.

    `own` is None where no case of the period was theirs alone; `others` are the holders of the street that
    the grid lies in, by name. `digest` names the release.
    """

    period: str
    number: int
    digest: str
    grid: str
    staff: str
    own: HolderRow | None
    others: Mapping[str, HolderRow]
    asides: Sequence[AsideRow]
    score: WorkerScoreRow


def of_worker(session: Session, *, grid: str, staff: str, period: str = "") -> OwnAndOthersHours | None:
    """Return a worker's part in the last release of a period, or of the last period; None of none."""
    if period:
        made = attributions.get(session, period) if attributions.every(session, period) else None
    else:
        made = attributions.latest(session)
    score = _score(made.found, grid, staff) if made else None
    if made is None or score is None:
        return None
    found = made.found
    rows = [row for row in found.holders if (row.level, row.area, row.staff) == (GRID, grid, staff)]
    return OwnAndOthersHours(
        period=found.period,
        number=made.release.number,
        digest=made.digest,
        grid=grid,
        staff=staff,
        own=rows[0] if rows else None,
        others={
            row.holder: row
            for row in found.holders
            if (row.level, row.area) == (STREET, score.street) and row.holder != WORKER
        },
        asides=[row for row in found.asides if (row.grid, row.staff) == (grid, staff)],
        score=score,
    )


def _score(found: Attribution, grid: str, staff: str) -> WorkerScoreRow | None:
    return next((row for row in found.scores if (row.grid, row.staff) == (grid, staff)), None)
