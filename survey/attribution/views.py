"""The assessor's pages of whose hours they were: worker, department and street side by side."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.row_numbers import row_number
from survey.attribution import operations
from survey.attribution.forms import AttributionForm
from survey.attribution.queries import attributions, export
from survey.attribution.rules import showing, words
from survey.attribution.rules.places import EVERYTHING
from survey.roles import ASSESSOR
from survey.web.views.pages import me, page

routes = Blueprint("attribution", __name__, url_prefix="/attribution")


@routes.route("/", methods=["GET", "POST"])
@only(ASSESSOR)
def index() -> ResponseReturnValue:
    """List the periods that were released; release another."""
    form = AttributionForm()
    status = 200 if not form.is_submitted() else _attribute(form)
    if status == DONE:
        return redirect(url_for(".one", period=form.period.data), 303)
    with reading() as session:
        found = [attributions.get(session, name) for name in attributions.periods(session)]
    return page("attribution/index", form=form, found=found, say=words), status


def _attribute(form: AttributionForm) -> int:
    login = me().login
    return store(
        form,
        lambda session: operations.attribute(
            session, form.period.data, by=login, why=form.why.data or "", now=clock.now()
        ),
    )


@routes.get("/<period>")
@only(ASSESSOR)
def one(period: str) -> ResponseReturnValue:
    """Show a period: the city, its departments and its workers, side by side."""
    with reading() as session:
        made = attributions.get(session, period)
    found, holders = made.found, showing.holders_of(made.found, EVERYTHING)
    city = showing.place(found, EVERYTHING)
    return page(
        "attribution/period",
        made=made,
        city=city,
        together=showing.together(found, EVERYTHING),
        holders=holders,
        rates=showing.rates(_("全市：核实办结率，各算各的"), city, holders, key="rates"),
        hours=showing.hours(_("全市：时间在谁手里"), holders, key="hours"),
        streets=[row for row in found.places if row.area != EVERYTHING],
        workers=showing.workers(found, page=_page_wanted()),
        visits=showing.checks(found.visits, EVERYTHING),
        calls=showing.checks(found.test_calls, EVERYTHING),
        most=showing.A_PAGE,
        say=words,
    )


@routes.get("/<period>/streets/<code>")
@only(ASSESSOR)
def street(period: str, code: str) -> ResponseReturnValue:
    """Show a street: its rate, its departments and its workers side by side."""
    with reading() as session:
        made = attributions.get(session, period)
    found, row = made.found, showing.place(made.found, code)
    if row is None or code == EVERYTHING:
        raise NotFound(_("这个时段里没有这个街道。"))
    holders = showing.holders_of(found, code)
    return page(
        "attribution/street",
        made=made,
        row=row,
        together=showing.together(found, code),
        holders=holders,
        rates=showing.rates(_("本街道：核实办结率，各算各的"), row, holders, key="rates"),
        hours=showing.hours(_("本街道：时间在谁手里"), holders, key="hours"),
        workers=showing.workers(found, street=code, page=_page_wanted()),
        visits=showing.checks(found.visits, code),
        calls=showing.checks(found.test_calls, code),
        say=words,
    )


@routes.get("/<period>/departments/<holder>")
@only(ASSESSOR)
def department(period: str, holder: str) -> ResponseReturnValue:
    """Show a department: its own rate, its hours, its whistles, and the cases that lay with it."""
    with reading() as session:
        made = attributions.get(session, period)
    rows = showing.department(made.found, holder)
    if not rows:
        raise NotFound(_("这个时段里没有这个部门。"))
    return page(
        "attribution/department",
        made=made,
        row=rows[0],
        together=showing.together(made.found, EVERYTHING),
        streets=rows[1:],
        rates=showing.by_street(_("各街道：核实办结率"), rows, key="rates"),
        stuck=showing.stuck_with(made.found, holder),
        most=showing.LONGEST,
        say=words,
    )


@routes.get("/<period>/grids/<code>")
@only(ASSESSOR)
def grid(period: str, code: str) -> ResponseReturnValue:
    """Show the workers of a grid: their own hours beside all on them, their score or why there is none."""
    with reading() as session:
        made = attributions.get(session, period)
    found = made.found
    workers = showing.workers(found, grid=code, page=1).rows
    if not workers:
        raise NotFound(_("这个时段里没有这个网格的网格员。"))
    above = workers[0].score.street
    others = [row for row in showing.holders_of(found, above) if showing.is_department(row.holder)]
    own = [line.row for line in workers if line.row]
    return page(
        "attribution/grid",
        made=made,
        place=workers[0].score.name,
        code=code,
        street=showing.place(found, above),
        workers=workers,
        others=others,
        together=showing.together(found, above),
        rates=showing.rates(_("核实办结率，各算各的"), None, [*own, *others], key="rates"),
        asides=[row for row in found.asides if row.grid == code][: showing.LONGEST],
        visits=showing.checks(found.visits, code),
        calls=showing.checks(found.test_calls, code),
        items=[row for row in found.staff_items if row.grid == code],
        say=words,
    )


@routes.get("/<period>.csv")
@only(ASSESSOR)
def csv(period: str) -> ResponseReturnValue:
    """Give out every table of a release in one file; `?bom=1` puts the mark before it."""
    with reading() as session:
        made = attributions.get(session, period)
    mark = b"\xef\xbb\xbf" if request.args.get("bom") else b""
    name = f'attachment; filename="attribution-{made.found.period}.csv"'
    return Response(mark + export.csv_of(made), mimetype="text/csv", headers={"Content-Disposition": name})


def _page_wanted() -> int:
    return request.args.get("page", type=row_number) or 1
