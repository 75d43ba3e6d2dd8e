"""The duty desk's week: who answers where on which day, planned by keyboard, copied or pasted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.models import Duty
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.roster.forms import LAYERS, LeaveForm, PasteForm, WeekForm, day
from feedback.roster.operations import leave as leaves
from feedback.roster.operations import planning
from feedback.roster.queries import weeks
from feedback.roster.queries.outlooks import outlooks
from feedback.roster.queries.weeks import Community, WeekLine
from feedback.roster.rules import pasted
from feedback.roster.rules.weeks import WEEK, PlannedWeek, WeekPlan, begins, monday
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.rules.people import LONGEST_SOUGHT, offered
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
    now, login, done = clock.now(), current_user.login, list[PlannedWeek]()
    plan = WeekPlan(_monday(), {grid: code for grid, code in chosen.items() if code})
    status = store(form, lambda session: done.append(planning.plan_week(session, plan, by=login, now=now)))
    if status != DONE:
        return _week(community, fields=fields, faulty=form), status
    _say_who_answers(community, done[0])
    return _onward(plan.monday, saved=len(done[0].changed))


def _say_who_answers(community: Community, done: PlannedWeek) -> None:
    """Name the rows above the plan: for their time somebody else answers all the same."""
    with reading() as session:
        names = lookups.names_of(session, {str(span.worker) for span in done.above.values()})
    for grid, span in done.above.items():
        said = _(
            "%(grid)s：%(start)s 到 %(end)s 由 %(name)s %(layer)s，不按排班；要按排班，请先结束那一条。",
            grid=community.grids[grid].name,
            start=f"{clock.local(span.start):%m-%d %H:%M}",
            end=f"{clock.local(span.end):%m-%d %H:%M}",
            name=names.get(str(span.worker), ""),
            layer=LAYERS[str(span.layer)],
        )
        flash(said)


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
        names = lookups.names_of(session, _workers_in(lines))
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
        workers=_offered(community, {line.chosen for line in lines} | set(fields.chosen.values())),
        sought=_sought(),
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


def _workers_in(lines: Iterable[WeekLine]) -> set[str]:
    spans = [span for line in lines for day in line.days for span in day]
    return {code for span in spans for code in (span.worker, span.covering) if code}


def _offered(community: Community, chosen: Collection[str]) -> dict[str, str]:
    """Return whom a list of this community holds: its own workers, those chosen, those looked for."""
    return offered(community.workers, community.near, sought=_sought(), chosen=chosen)


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST_SOUGHT]


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
    chosen = {form.worker.data or "", form.cover.data or ""}
    listed = {code: f"{code} {name}" for code, name in _offered(community, chosen).items()}
    form.worker.choices = form.cover.choices = unchosen(listed)
    return form


def _monday() -> date:
    return monday(day(request.args.get("of"), otherwise=clock.local(clock.now()).date()))


def _community() -> Community:
    """Return the community that is looked at: the one asked for, else the first of one's own."""
    with reading() as session:
        return weeks.community(session, top=current_user.area_code, code=request.args.get("area"))
