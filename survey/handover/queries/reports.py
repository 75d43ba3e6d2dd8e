"""What a report on paper is made of: a release's rows of an area, of what lies above it and in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.queries import outcome_counts
from survey.models import Wave
from survey.scores.queries import biases, export, releases
from survey.scores.queries.biases import ReportedListBias
from survey.scores.queries.desk import ReadRelease, ReadReleases
from survey.scores.queries.releases import Release
from survey.scores.rules.pipeline import CITY, GRID, OVERALL, RATED, STREET
from survey.scores.rules.release import ScoreRow
from survey.waves.queries import waves


@dataclass(frozen=True, slots=True, eq=False)
class ReportRows:
    """A report's rows: those of its area by item, the areas above, and the parts that it lists.

    A city's report lists streets and communities, any other its communities and grids; `grids` are those of
    the whole area, or of the street that a grid lies in. `lists` are of grids that it names; `pooled` of all.
    """

    wave: Wave
    release: Release
    digest: str
    own: Sequence[ScoreRow]
    above: Sequence[ScoreRow]
    parts: Sequence[ScoreRow]
    grids: Sequence[ScoreRow]
    every_grid: Sequence[ScoreRow]
    outcomes: Counter[str]
    lists: Sequence[ReportedListBias]
    pooled: ReportedListBias | None


def of(session: Session, read: ReadReleases, label: str, code: str) -> ReportRows:
    """Return what a report of an area says; raise NotFound where the release hasn't the area."""
    wave, release, held = waves.find(session, label), releases.get(session, label), read.of(session, label)
    if code not in held.rows:
        raise NotFound(_("这一轮的得分里没有这个区域。"))
    row, above = held.desk.rows[code], held.desk.above(code)
    around = _around(row, above)
    inside = _inside(held, around)
    grids = [each for each in inside if each.level == GRID]
    named = {each.unit for each in grids} if row.level != GRID else {code}
    return ReportRows(
        wave=wave,
        release=release,
        digest=export.digest_of(release),
        own=held.rows[code],
        above=above,
        parts=[each for each in inside if each.level != GRID] if row.level != GRID else [],
        grids=grids,
        every_grid=[each for each in held.desk.rows.values() if each.level == GRID],
        outcomes=outcome_counts.finals(session, label),
        lists=[each for each in biases.list_bias(session, label) if each.grid_code in named],
        pooled=biases.pooled_list_bias(session, label),
    )


def city(session: Session, read: ReadReleases, label: str) -> str:
    """Return the code of a release's city."""
    rows = read.of(session, label).desk.rows.values()
    return next(row.unit for row in rows if (row.level, row.item, row.den) == (CITY, OVERALL, RATED))


def _around(row: ScoreRow, above: Sequence[ScoreRow]) -> str:
    """The area whose grids a report shows: its own, of a grid its street."""
    if row.level != GRID or not above:
        return row.unit
    return next((each.unit for each in above if each.level == STREET), above[-1].unit)


def _inside(held: ReadRelease, code: str) -> list[ScoreRow]:
    """All that lies in an area, level by level, by code."""
    found: list[ScoreRow] = []
    level = list(held.desk.parts.get(code, ()))
    while level:
        found += [held.desk.rows[each] for each in level]
        level = sorted(part for each in level for part in held.desk.parts.get(each, ()))
    return found
