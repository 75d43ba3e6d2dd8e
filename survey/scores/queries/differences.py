"""Differences that may be read off a release: between two places, and of a place since the wave before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey.scores.queries import releases
from survey.scores.queries.releases import Release
from survey.scores.rules import differences
from survey.scores.rules.differences import ReportedDifference
from survey.scores.rules.pipeline import GRID, OVERALL, RATED
from survey.scores.rules.release import ScoreRow


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """How places stand against the wave before, whose label is `since`."""

    since: str
    found: Sequence[ReportedDifference]


def changes(session: Session, release: Release) -> ChangesSince | None:
    """Return the change of the city, its streets and communities; None without a wave before."""
    former = releases.before(session, release.wave_label)
    if former is None:
        return None
    then = {(row.level, row.unit): row for row in shown(former)}
    rates = {**releases.response_rates(former), **releases.response_rates(release)}
    pairs = [(row, then.get((row.level, row.unit))) for row in shown(release) if row.level != GRID]
    made = [differences.of_rows(row, other, rates=rates) for row, other in pairs if other is not None]
    return ChangesSince(former.wave_label, [each for each in made if each is not None])


def between(release: Release, one: str, other: str) -> ReportedDifference | None:
    """Return the difference of two places, each by level and code; None where they can't be compared."""
    rows = {place(row): row for row in shown(release)}
    if one not in rows or other not in rows:
        return None
    return differences.of_rows(rows[one], rows[other], rates=releases.response_rates(release))


def shown(release: Release) -> list[ScoreRow]:
    """Return the rows of the score that show an estimate."""
    return [
        row
        for row in releases.rows_of(release)
        if (row.item, row.den) == (OVERALL, RATED) and row.estimate is not None
    ]


def place_of(rows: Sequence[ScoreRow], typed: str) -> str:
    """Return the place that a code or a name of one place alone means, as a form sends it; else as typed."""
    wanted = typed.strip()
    found = [row for row in rows if wanted in {row.unit, row.name, place(row)}]
    return place(found[0]) if len(found) == 1 else wanted


def place(row: ScoreRow) -> str:
    """Return a row's place as a form sends it."""
    return f"{row.level}/{row.unit}"
