"""The duty desk's week: who answers where on which day, planned by keyboard, copied or pasted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.models import Duty
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.roster.forms import LeaveForm, PasteForm, WeekForm, day
from feedback.roster.operations import leave as leaves
from feedback.roster.operations import planning
from feedback.roster.queries import weeks
from feedback.roster.queries.outlooks import outlooks
from feedback.roster.queries.weeks import Community
from feedback.roster.rules import pasted
from feedback.roster.rules.weeks import WEEK, WeekPlan, begins, monday
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import Form

routes = Blueprint("roster", __name__, url_prefix="/roster")
FIELD = "grid:"
"""What the name of a grid's field begins with."""


@dataclass(frozen=True, slots=True)
class WeekFields:
    """What the fields of a week hold where they don't hold what stands, and what is wrong with them."""

    chosen: Mapping[str, str]
    faults: Mapping[str, str]


NOTHING_CHOSEN = WeekFields({}, {})


@routes.get("/")
@only(GRID_OFFICE, GRID_LEADER)
def week() -> ResponseReturnValue:
    """Show a community's week, with everybody's field filled as it stands, or as last week was."""
    return _week(_community(), copied="copy" in request.args)


@routes.post("/save")
@only(GRID_OFFICE)
def save() -> ResponseReturnValue:
    """Put on duty who was chosen for each grid of the week: all of them, or none where one can't be."""
    community, form = _community(), WeekForm()
    chosen = {name.removeprefix(FIELD): code for name, code in request.form.items() if name.startswith(FIELD)}
    fields = WeekFields(chosen, _faults(community, chosen))
    if fields.faults:
        return _week(community, fields=fields), FAULTY
    now, login, changed = clock.now(), current_user.login, list[str]()
    plan = WeekPlan(_monday(), {grid: code for grid, code in chosen.items() if code})
    status = store(form, lambda session: changed.extend(planning.plan_week(session, plan, by=login, now=now)))
    if status != DONE:
        return _week(community, fields=fields, faulty=form), status
    return _onward(plan.monday, saved=len(changed))


@routes.post("/paste")
@only(GRID_OFFICE)
def paste() -> ResponseReturnValue:
    """Fill the week's fields from lines of a table; nothing is stored before they are looked at and saved."""
    community, form = _community(), PasteForm()
    if not form.validate():
        return _week(community, paste=form), FAULTY
    grids = {code: area.name for code, area in community.grids.items()}
    with reading() as session:
        found = pasted.read(form.lines.data, grids=grids, workers=lookups.workers(session))
    form.lines.errors = list(found.faults)
    page = _week(community, fields=WeekFields(found.chosen, {}), paste=form)
    return page, FAULTY if found.faults else 200


@routes.post("/leave")
@only(GRID_OFFICE, GRID_LEADER)
def leave() -> ResponseReturnValue:
    """Let somebody stand in for a worker who is away, in every grid that the worker holds."""
    community = _community()
    form, now, login, covers = _leave_form(community), clock.now(), current_user.login, list[Duty]()
    status = store(
        form, lambda session: covers.extend(leaves.grant(session, form.value(), by=login, now=now))
    )
    if status != DONE:
        return _week(community, leave=form), FAULTY
    return _onward(form.first.data, covered=len(covers))


def _onward(first: date, **told: int) -> ResponseReturnValue:
    return redirect(url_for("roster.week", of=first.isoformat(), area=request.args.get("area"), **told), 303)  # type: ignore[arg-type]


def _week(
    community: Community,
    *,
    copied: bool = False,
    fields: WeekFields = NOTHING_CHOSEN,
    paste: PasteForm | None = None,
    leave: LeaveForm | None = None,
    faulty: Form | None = None,
) -> str:
    now, first = clock.now(), _monday()
    with reading() as session:
        lines = weeks.week_of(session, community.grids, first=first, copied=copied)
        names = lookups.everybody(session)
        threats = outlooks(session, community.grids.values(), vault=installation().vault, now=now)
    shown = [form for form in (leave, paste, faulty) if form and form.errors]
    return render_template(
        "feedback/roster/week.html",
        lines=[
            replace(
                line,
                chosen=fields.chosen.get(line.grid.code, line.chosen),
                fault=fields.faults.get(line.grid.code, ""),
            )
            for line in lines
        ],
        first=first,
        days=[first + timedelta(days=n) for n in range(7)],
        before=first - WEEK,
        after=first + WEEK,
        today=clock.local(now).date(),
        over=begins(first) + WEEK <= now,
        communities=community.communities,
        area=community.area,
        workers=community.workers,
        names=names,
        outlooks=threats,
        form=shown[0] if shown else WeekForm(),
        week_form=WeekForm(),
        paste=paste or PasteForm(formdata=None),
        leave=leave or _leave_form(community, fresh=True),
        copied=copied,
        pasted=paste is not None and not paste.errors,
        field_prefix=FIELD,
        now=now,
    )


def _faults(community: Community, chosen: Mapping[str, str]) -> dict[str, str]:
    if chosen.keys() - community.grids.keys():
        raise NotFound(_("没有这个网格，或不归您管。"))
    return {
        grid: _("没有这位在岗的网格员。")
        for grid, code in chosen.items()
        if code and code not in community.workers
    }


def _leave_form(community: Community, *, fresh: bool = False) -> LeaveForm:
    today = clock.local(clock.now()).date()
    form = LeaveForm(formdata=None, first=today, last=today) if fresh else LeaveForm()
    listed = {code: f"{code} {name}" for code, name in community.workers.items()}
    form.worker.choices = form.cover.choices = unchosen(listed)
    return form


def _monday() -> date:
    return monday(day(request.args.get("of"), otherwise=clock.local(clock.now()).date()))


def _community() -> Community:
    """Return the community that is looked at: the one asked for, else the first of one's own."""
    with reading() as session:
        return weeks.community(session, top=current_user.area_code, code=request.args.get("area"))
