"""The assessor's desk: from the city to a grid, by link, by search and by filter."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.row_numbers import row_number
from survey.roles import ASSESSOR
from survey.scores.queries import biases, export, releases
from survey.scores.queries import desk as releases_read
from survey.scores.queries.desk import ReadReleases
from survey.scores.rules import charts
from survey.scores.rules import desk as rules
from survey.scores.rules.desk import Wanted
from survey.scores.rules.pipeline import GRID, RATED
from survey.scores.rules.release import ScoreRow
from survey.scores.views import plain_language
from survey.scores.views.plain_language import ITEM_NAMES
from survey.scores.views.workbook import workbook
from survey.waves.queries import waves
from survey.web.views.pages import page

routes = Blueprint("score_desk", __name__, url_prefix="/scores")
READ = "read_releases"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get("/<label>/areas")
@only(ASSESSOR)
def search(label: str) -> ResponseReturnValue:
    """Find areas by name or code, by level, by type of grid, by where they lie among their type."""
    wanted = Wanted(
        name=request.args.get("name", "")[: rules.LONGEST],
        level=request.args.get("level", ""),
        kind=request.args.get("kind", ""),
        standing=request.args.get("standing", ""),
    )
    with reading() as session:
        wave = waves.find(session, label)
        desk = _read().of(session, label).desk
    return page(
        "scores/areas",
        wave=wave,
        wanted=wanted,
        found=desk.find(wanted, page=_page_wanted()),
        kinds=desk.kinds,
        levels=rules.LEVEL_NAMES,
        standings=rules.STANDINGS,
        say=plain_language,
    )


@routes.get("/<label>/areas/<code>")
@only(ASSESSOR)
def area(label: str, code: str) -> ResponseReturnValue:
    """Show an area: its figures, how it changed, where it lies among its type, and its parts."""
    with reading() as session:
        wave = waves.find(session, label)
        read = _read().of(session, label)
        change = releases_read.change(session, _read(), label, code)
    desk, row = read.desk, read.desk.rows.get(code)
    if row is None:
        raise NotFound(_("这一轮的得分里没有这个区域。"))
    inside = desk.inside(code, page=_page_wanted())
    return page(
        "scores/area",
        wave=wave,
        row=row,
        items=[each for each in read.rows[code] if each.den == RATED and each.item in ITEM_NAMES],
        above=desk.above(code),
        inside=inside,
        plots=_plots(inside.rows),
        change=change,
        levels=rules.LEVEL_NAMES,
        standings=rules.STANDINGS,
        notes=plain_language.footnotes([row, *read.rows[code], *inside.rows]),
        say=plain_language,
    )


@routes.get("/<label>.xlsx")
@only(ASSESSOR)
def xlsx(label: str) -> ResponseReturnValue:
    """Give out the frozen rows as a workbook, with what they mean in words."""
    with reading() as session:
        release, lists = releases.get(session, label), biases.list_bias(session, label)
    with workbook(label, releases.rows_of(release), lists, digest=export.digest_of(release)) as made:
        data = made.read()
    name = f'attachment; filename="scores-{label}.xlsx"'
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": name})


def _read() -> ReadReleases:
    read: ReadReleases = current_app.extensions[READ]
    return read


def _page_wanted() -> int:
    return request.args.get("page", type=row_number) or 1


def _plots(rows: Iterable[ScoreRow]) -> dict[str, charts.Caterpillar]:
    lines = [
        charts.ChartLine(row.unit, row.name, row.type, row.estimate, row.low, row.high)
        for row in rows
        if row.level == GRID
    ]
    return charts.by_group(lines, title=_("各网格总体满意的比例"))
