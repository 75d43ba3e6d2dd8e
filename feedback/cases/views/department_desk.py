"""The department's desk: one queue by deadline; accept, refuse or report each whistle."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from feedback.cases import queries as case_queries
from feedback.cases.forms.desk import DeclareForm, RefuseForm
from feedback.cases.operations import whistles
from feedback.cases.rules import lifecycle
from feedback.cases.views import case_page
from feedback.models import Department, Whistle
from feedback.roles import DEPARTMENT_OFFICER
from feedback.web.forms.fields import unchosen
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Forbidden, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("department", __name__, url_prefix="/department")


@routes.get("/")
@only(DEPARTMENT_OFFICER)
def desk() -> ResponseReturnValue:
    """Show the whistles that wait for this department, the most urgent first."""
    with reading() as session:
        return render_template(
            "feedback/cases/department.html",
            department=session.get_one(Department, _ours()),
            queue=whistles.queue(session, _ours()),
            areas=lookups.areas(session),
            now=clock.now(),
        )


@routes.get("/whistles/<int:whistle_id>")
@only(DEPARTMENT_OFFICER)
def whistle(whistle_id: int) -> ResponseReturnValue:
    """Show one whistle to this department."""
    return _whistle(whistle_id)


@routes.post("/whistles/<int:whistle_id>/accept")
@only(DEPARTMENT_OFFICER)
def accept(whistle_id: int) -> ResponseReturnValue:
    """Take the whistle."""
    form = PlainForm()
    if not form.validate():
        return _whistle(whistle_id, accept=form), 422
    with transaction() as session:
        whistles.accept(session, whistle_id, department_code=_ours(), now=clock.now())
    return _back(whistle_id)


@routes.post("/whistles/<int:whistle_id>/refuse")
@only(DEPARTMENT_OFFICER)
def refuse(whistle_id: int) -> ResponseReturnValue:
    """Refuse the whistle, with a reason and what that reason has to bring."""
    with reading() as session:
        form = _refuse_form(session)
    if not form.validate():
        return _whistle(whistle_id, refuse=form), 422
    with transaction() as session:
        whistles.refuse(
            session,
            whistle_id,
            department_code=_ours(),
            reason=form.reason.data,
            instead=form.instead.data or None,
            text=form.text.data,
            now=clock.now(),
        )
    return redirect(url_for("department.desk"), 303)


@routes.post("/whistles/<int:whistle_id>/declare")
@only(DEPARTMENT_OFFICER)
def declare(whistle_id: int) -> ResponseReturnValue:
    """Report what was whistled for as done; the resident is asked whether it is."""
    form = DeclareForm()
    if not form.validate():
        return _whistle(whistle_id, declare=form), 422
    with transaction() as session:
        whistles.declare(
            session,
            whistle_id,
            department_code=_ours(),
            note=form.note.data,
            now=clock.now(),
            vault=installation().vault,
        )
    return _back(whistle_id)


def _ours() -> str:
    if not current_user.department_code:
        raise Forbidden(_("这个账号还没有所在部门，请联系管理员。"))
    return str(current_user.department_code)


def _back(whistle_id: int) -> ResponseReturnValue:
    return redirect(url_for("department.whistle", whistle_id=whistle_id), 303)


def _refuse_form(session: Session) -> RefuseForm:
    form = RefuseForm()
    others = {code: name for code, name in lookups.departments(session).items() if code != _ours()}
    form.instead.choices = unchosen(others)
    return form


def _whistle(whistle_id: int, **forms: Any) -> str:
    now = clock.now()
    with reading() as session:
        found = session.get(Whistle, whistle_id)
        if found is None or found.department_code != _ours():
            raise NotFound(_("没有这条吹哨，或不归您的部门。"))
        actor = lifecycle.department(_ours())
        shown = {"accept": PlainForm(), "refuse": _refuse_form(session), "declare": DeclareForm()} | forms
        return render_template(
            "feedback/cases/whistle.html",
            whistle=found,
            case=found.case,
            contact=case_page.contact(found.case) if found.state == "accepted" else None,
            area=lookups.area_name(session, found.case.grid_code),
            hours=case_queries.custody_hours(found.case, now=now),
            departments=lookups.departments(session),
            may=lifecycle.allowed(found.case.state, actor=actor, holder=found.case.holder),
            forms=shown,
            faulty=next(iter(forms.values()), None),
            now=now,
        )
