"""How far a worker's composite lies from those of the same type of grid, as attributed with a wave."""

from __future__ import annotations

from sqlalchemy.orm import Session

from survey.attribution.queries import attributions
from survey.attribution.rules.rows import WorkerScoreRow
from survey.scores.queries import export
from survey.scores.queries.desk import ReadRelease
from survey.scores.queries.releases import Release
from survey.scores.rules import consequences


def z_between(session: Session, read: ReadRelease, release: Release, unit: str) -> float | None:
    """Return the z of a grid's one worker; None of none or several, and without composites of this release.

    Those made with a release that was corrected since rest on figures that stand no more.
    """
    made = attributions.latest(session)
    if made is None or made.found.wave != (release.wave_label, export.digest_of(release)):
        return None
    scored = [row for row in made.found.scores if row.score is not None and row.se]
    own = [row for row in scored if row.grid == unit]
    peers = [row for row in scored if row.grid != unit and _kind(read, row.grid) == _kind(read, unit)]
    return consequences.composite_z(_figure(own[0]), list(map(_figure, peers))) if len(own) == 1 else None


def _kind(read: ReadRelease, grid: str) -> str | None:
    row = read.desk.rows.get(grid)
    return None if row is None else row.type


def _figure(row: WorkerScoreRow) -> tuple[float, float]:
    return row.score or 0.0, row.se or 0.0
