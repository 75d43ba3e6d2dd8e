"""The duty desk's week: who answers where on which day, planned by keyboard, copied or pasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from feedback.duty import queries as duty
from feedback.models import Area, Duty
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.roster.forms import LeaveForm, PasteForm, WeekForm, day
from feedback.roster.operations import roster, watch
from feedback.roster.operations.roster import Span
from feedback.roster.rules import pasted
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("roster", __name__, url_prefix="/roster")
FIELD = "grid:"
"""What the name of a grid's field begins with."""


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A grid's week: who answers on each of seven days, and who is chosen for the week (empty: nobody)."""

    grid: Area
    days: Sequence[Sequence[Span]]
    chosen: str
    fault: str = ""


@routes.get("/")
@only(GRID_OFFICE, GRID_LEADER)
def week() -> ResponseReturnValue:
    """Show a community's week, with everybody's field filled as it stands, or as last week was."""
    with reading() as session:
        return _week(session, copied="copy" in request.args)


@routes.post("/save")
@only(GRID_OFFICE)
def save() -> ResponseReturnValue:
    """Put on duty who was chosen for each grid of the week: all of them, or none where one can't be."""
    wanted = {name.removeprefix(FIELD): code for name, code in request.form.items() if name.startswith(FIELD)}
    with reading() as session:
        faults = _faults(session, wanted)
        if faults or not WeekForm().validate():
            return _week(session, chosen=wanted, faults=faults), 422
    now = clock.now()
    first = _monday(now)
    with transaction() as session:
        chosen = {grid: code for grid, code in wanted.items() if code}
        changed = roster.plan_week(session, chosen, week=first, by=current_user.login, now=now)
    here = url_for("roster.week", of=first.isoformat(), area=request.args.get("area"), saved=len(changed))
    return redirect(here, 303)


@routes.post("/paste")
@only(GRID_OFFICE)
def paste() -> ResponseReturnValue:
    """Fill the week's fields from lines of a table; nothing is stored before they are looked at and saved."""
    form = PasteForm()
    with reading() as session:
        if not form.validate():
            return _week(session, paste=form), 422
        grids = {code: area.name for code, area in _grids(session).items()}
        found = pasted.read(form.lines.data, grids=grids, workers=lookups.workers(session))
        form.lines.errors = list(found.faults)
        return _week(session, chosen=found.chosen, paste=form), 422 if found.faults else 200


@routes.post("/leave")
@only(GRID_OFFICE, GRID_LEADER)
def leave() -> ResponseReturnValue:
    """Let somebody stand in for a worker who is away, in every grid that the worker holds."""
    now = clock.now()
    with reading() as session:
        form = _leave_form(session, now=now)
        if not form.validate():
            return _week(session, leave=form), 422
    try:
        with transaction() as session:
            covers = roster.leave(
                session,
                worker_code=form.worker.data,
                cover_code=form.cover.data,
                first=form.first.data,
                last=form.last.data,
                reason=form.reason.data or _("请假"),
                by=current_user.login,
                now=now,
            )
        first, area = form.first.data.isoformat(), request.args.get("area")
        return redirect(url_for("roster.week", of=first, area=area, covered=len(covers)), 303)
    except (Conflict, Invalid) as fault:
        form.form_errors = [fault.message]
    with reading() as session:
        return _week(session, leave=form), 422


def _week(
    session: Session,
    *,
    copied: bool = False,
    chosen: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    paste: PasteForm | None = None,
    leave: LeaveForm | None = None,
) -> str:
    now = clock.now()
    first = _monday(now)
    grids = _grids(session)
    lines = [
        _line(session, grid, first=first, copied=copied, chosen=chosen, faults=faults or {})
        for grid in grids.values()
    ]
    return render_template(
        "feedback/roster/week.html",
        lines=lines,
        first=first,
        days=[first + timedelta(days=n) for n in range(7)],
        before=first - roster.WEEK,
        after=first + roster.WEEK,
        today=clock.local(now).date(),
        over=roster.begins(first) + roster.WEEK <= now,
        communities=_communities(session),
        area=_area(session),
        workers=lookups.workers(session, grids=grids),
        names=lookups.everybody(session),
        outlooks=watch.outlooks(session, grids.values(), vault=installation().vault, now=now),
        form=leave if leave and leave.errors else paste if paste and paste.errors else WeekForm(),
        week_form=WeekForm(),
        paste=paste or PasteForm(formdata=None),
        leave=leave or _leave_form(session, now=now, fresh=True),
        copied=copied,
        pasted=paste is not None and not paste.errors,
        field_prefix=FIELD,
        now=now,
    )


def _line(
    session: Session,
    grid: Area,
    *,
    first: date,
    copied: bool,
    chosen: Mapping[str, str] | None,
    faults: Mapping[str, str],
) -> WeekLine:
    rows = duty.rows(session, grid.code)
    days = [_spans(rows, first + timedelta(days=n), days=1) for n in range(7)]
    standing = _whole(_spans(rows, first - roster.WEEK if copied else first, days=7))
    return WeekLine(grid, days, (chosen or {}).get(grid.code, standing), faults.get(grid.code, ""))


def _spans(rows: Sequence[Duty], first: date, *, days: int) -> list[Span]:
    start, end = roster.begins(first), roster.begins(first + timedelta(days=days))
    return roster.spans(rows, start=start, end=end)


def _whole(spans: Sequence[Span]) -> str:
    """Return who answers for the longest part of a week; empty where mostly nobody does."""
    held: dict[str, timedelta] = {}
    for span in spans:
        held[span.worker or ""] = held.get(span.worker or "", timedelta()) + (span.end - span.start)
    return max(held, key=lambda code: held[code])


def _faults(session: Session, wanted: Mapping[str, str]) -> dict[str, str]:
    workers, grids = lookups.workers(session), _grids(session)
    if wanted.keys() - grids.keys():
        raise NotFound(_("没有这个网格，或不归您管。"))
    return {
        grid: _("没有这位在岗的网格员。") for grid, code in wanted.items() if code and code not in workers
    }


def _leave_form(session: Session, *, now: datetime, fresh: bool = False) -> LeaveForm:
    today = clock.local(now).date()
    form = LeaveForm(formdata=None, first=today, last=today) if fresh else LeaveForm()
    listed = {
        code: f"{code} {name}" for code, name in lookups.workers(session, grids=_grids(session)).items()
    }
    form.worker.choices = form.cover.choices = unchosen(listed)
    return form


def _monday(now: datetime) -> date:
    return roster.monday(day(request.args.get("of"), otherwise=clock.local(now).date()))


def _communities(session: Session) -> list[Area]:
    areas = lookups.areas(session)
    above = {area.parent_code for area in lookups.grids_below(areas, current_user.area_code)}
    return [area for code, area in areas.items() if code in above]


def _area(session: Session) -> Area:
    """Return the community that is looked at: the one asked for, else the first of one's own."""
    own = {area.code: area for area in _communities(session)}
    asked = request.args.get("area") or next(iter(own), "")
    if asked not in own:
        raise NotFound(_("没有这个社区，或不归您管。"))
    return own[asked]


def _grids(session: Session) -> dict[str, Area]:
    areas = lookups.areas(session)
    listed = lookups.grids_below(areas, _area(session).code)
    return {grid.code: grid for grid in listed}
