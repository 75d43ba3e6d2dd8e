"""The grid leader's team: what each worker has in hand, and the giving of a case to a colleague."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.forms.team import ReassignForm
from feedback.cases.operations import reassigning
from feedback.cases.queries import team
from feedback.cases.rules.search import LONGEST
from feedback.roles import GRID_LEADER
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.views.paging import page_asked
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store

routes = Blueprint("team", __name__, url_prefix="/team")


@routes.get("/")
@only(GRID_LEADER)
def listing() -> ResponseReturnValue:
    """Show what each worker of the team has in hand, by code: nobody is ranked."""
    now, sought = clock.now(), _sought()
    with reading() as session:
        found = team.loads(session, top=current_user.area_code, sought=sought, page=page_asked(), now=now)
        return render_template("feedback/cases/team.html", found=found, sought=sought)


@routes.get("/<code>")
@only(GRID_LEADER)
def member(code: str) -> ResponseReturnValue:
    """Show the cases that one of them keeps."""
    top = current_user.area_code
    with reading() as session:
        worker = team.member(session, code, top=top)
        found = team.cases_of(session, worker, top=top, page=page_asked())
        return render_template(
            "feedback/cases/team_member.html",
            worker=worker,
            found=found,
            links={each.id: url_for("team.case", case_id=each.id) for each in found.rows},
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            now=clock.now(),
        )


@routes.get("/cases/<int:case_id>")
@only(GRID_LEADER)
def case(case_id: int) -> ResponseReturnValue:
    """Show what a case is about, without the resident's number, and whom it may be given to."""
    return _case(case_id, _form(case_id))


@routes.post("/cases/<int:case_id>/reassign")
@only(GRID_LEADER)
def reassign(case_id: int) -> ResponseReturnValue:
    """Give it to a colleague."""
    form, top = _form(case_id), current_user.area_code
    status = store(
        form,
        lambda session: reassigning.reassign(session, case_id, form.value(), top=top, now=clock.now()),
        passing=(NotFound,),
    )
    if status != DONE:
        return _case(case_id, form), status
    flash(_("已改派，两位都会收到消息。"))
    return redirect(url_for("team.member", code=form.to.data), 303)


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST]


def _form(case_id: int) -> ReassignForm:
    form, top = ReassignForm(), current_user.area_code
    with reading() as session:
        found = team.one(session, case_id, top=top)
        listed = team.colleagues(session, found, top=top, sought=_sought())
        if form.to.data and form.to.data not in listed:
            listed |= team.colleagues(session, found, top=top, sought=form.to.data)
    form.to.choices = unchosen(listed)
    return form


def _case(case_id: int, form: ReassignForm) -> str:
    with reading() as session:
        found = team.one(session, case_id, top=current_user.area_code)
        worker = team.member(session, str(found.worker_code), top=None)
        return render_template(
            "feedback/cases/team_case.html",
            case=found,
            worker=worker,
            area=lookups.area_name(session, found.grid_code),
            departments=lookups.departments(session),
            sought=_sought(),
            form=form,
            now=clock.now(),
        )
