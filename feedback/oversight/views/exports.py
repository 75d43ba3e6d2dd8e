"""A filtered list as a file, and who took which away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import IO, Any
from urllib.parse import parse_qs

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.rules.deadlines import URGENCIES
from feedback.cases.rules.idling import REASONS
from feedback.cases.views.labels import state_name
from feedback.models import Area, Case
from feedback.oversight import operations
from feedback.oversight.queries import cases as queries
from feedback.oversight.queries import exports
from feedback.oversight.queries.cases import Overseer
from feedback.oversight.rules import filters
from feedback.oversight.rules.filters import CaseFilter
from feedback.oversight.views.filter_form import filter_form
from feedback.oversight.views.overseer import WHOLE, overseer
from feedback.web.queries import lookups
from feedback.web.views.labels import who
from huying.base import clock
from huying.base.i18n import _
from huying.sheets import Form, writing
from huying.sheets.writing import Written
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("case_exports", __name__, url_prefix="/oversight/exports")

TYPES: Mapping[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HOUR = timedelta(hours=1)
PIECE = 64 * 1024


@routes.get("/")
@only(*WHOLE)
def listing() -> ResponseReturnValue:
    """Show who took which list away."""
    overseer()
    with reading() as session:
        taken = [(row, parse_qs(row.filters)) for row in exports.latest(session)]
        return render_template("feedback/oversight/exports.html", taken=taken, now=clock.now())


@routes.post("/<any(csv, xlsx):form>")
@only(*WHOLE)
def take(form: Form) -> ResponseReturnValue:
    """Hand out all cases that the address asks for as a file, and keep that it was taken."""
    seen_by, now, count = overseer(), clock.now(), [0]
    with reading() as session:
        wanted = filter_form(session, seen_by).value()
        made = _file(_table(session, wanted, seen_by, count, now=now), form, count, now=now)
    with transaction() as session:
        operations.record_export(session, wanted, form=form, rows=count[0], by=current_user.login, now=now)
    name = f"cases-{clock.local(now):%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(_sent(made), content_type=TYPES[form], headers=headers)


def _sent(made: IO[bytes]) -> Iterator[bytes]:
    """Yield a file piece by piece and close it, whether all of it was asked for or not."""
    with made:
        while piece := made.read(PIECE):
            yield piece


def _file(rows: Iterator[list[Written]], form: Form, count: list[int], *, now: datetime) -> IO[bytes]:
    if form == "csv":
        return writing.long_table(rows)
    return writing.long_workbook([(_("事项"), rows), (_("说明"), _about(count, now=now))])


def _about(count: list[int], *, now: datetime) -> Iterator[list[Written]]:
    """Yield what the file says of itself, once its rows are counted."""
    yield [_("项目"), _("内容")]
    yield [_("行数"), count[0]]
    yield [_("做成于"), clock.local(now)]


def _table(
    session: Any, wanted: CaseFilter, seen_by: Overseer, count: list[int], *, now: datetime
) -> Iterator[list[Written]]:
    yield list(exports.headings())
    areas, departments = lookups.areas(session), lookups.departments(session)
    for case in queries.every(session, wanted, seen_by=seen_by, vault=installation().vault, now=now):
        count[0] += 1
        yield exports.row_of(case, said=_said(case, areas, departments), late=_late(case, now=now))


def _said(case: Case, areas: Mapping[str, Area], departments: Mapping[str, str]) -> dict[str, str]:
    grid = areas.get(case.grid_code or "")
    return {
        "area": lookups.full_name(dict(areas), grid) if grid else _("未分配网格"),
        "urgency": str(URGENCIES[case.urgency].label) if case.urgency in URGENCIES else case.urgency,
        "state": state_name(case.state),
        "holder": who(case.holder, departments),
        "idling": str(REASONS.get(case.idling, "")),
    }


def _late(case: Case, *, now: datetime) -> float | None:
    """Return by how many hours a case that somebody works on is overdue."""
    runs = case.holder and case.state not in filters.WAITS
    return round((now - case.due_at) / HOUR, 1) if runs and case.due_at < now else None
