"""The department's desk: one queue by deadline; accept, refuse or report each whistle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases import queries as case_queries
from feedback.cases.forms.desk import DeclareForm, RefuseForm
from feedback.cases.operations import whistles
from feedback.cases.rules import lifecycle
from feedback.cases.views import case_page
from feedback.roles import DEPARTMENT_OFFICER
from feedback.web.forms.fields import unchosen
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Forbidden
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store

routes = Blueprint("department", __name__, url_prefix="/department")


@routes.get("/")
@only(DEPARTMENT_OFFICER)
def desk() -> ResponseReturnValue:
    """Show the whistles that wait for this department, the most urgent first."""
    with reading() as session:
        return render_template(
            "feedback/cases/department.html",
            department=lookups.departments(session)[_ours()],
            queue=case_queries.whistle_queue(session, _ours()),
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
    status = store(
        form,
        lambda session: whistles.accept(session, whistle_id, department_code=_ours(), now=clock.now()),
    )
    return _back(whistle_id) if status == DONE else (_whistle(whistle_id, accept=form), status)


@routes.post("/whistles/<int:whistle_id>/refuse")
@only(DEPARTMENT_OFFICER)
def refuse(whistle_id: int) -> ResponseReturnValue:
    """Refuse the whistle, with a reason and what that reason has to bring."""
    with reading() as session:
        form = _refuse_form(lookups.departments(session))
    status = store(
        form,
        lambda session: whistles.refuse(
            session, whistle_id, form.value(), department_code=_ours(), now=clock.now()
        ),
    )
    if status == DONE:
        return redirect(url_for("department.desk"), 303)
    return _whistle(whistle_id, refuse=form), status


@routes.post("/whistles/<int:whistle_id>/declare")
@only(DEPARTMENT_OFFICER)
def declare(whistle_id: int) -> ResponseReturnValue:
    """Report what was whistled for as done; the resident is asked whether it is."""
    form = DeclareForm()
    status = store(
        form,
        lambda session: whistles.declare(
            session,
            whistle_id,
            department_code=_ours(),
            note=form.note.data,
            now=clock.now(),
            vault=installation().vault,
        ),
    )
    return _back(whistle_id) if status == DONE else (_whistle(whistle_id, declare=form), status)


def _ours() -> str:
    if not current_user.department_code:
        raise Forbidden(_("这个账号还没有所在部门，请联系管理员。"))
    return str(current_user.department_code)


def _back(whistle_id: int) -> ResponseReturnValue:
    return redirect(url_for("department.whistle", whistle_id=whistle_id), 303)


def _refuse_form(departments: Mapping[str, str]) -> RefuseForm:
    form = RefuseForm()
    form.instead.choices = unchosen({code: name for code, name in departments.items() if code != _ours()})
    return form


def _whistle(whistle_id: int, **forms: Any) -> str:
    now = clock.now()
    with reading() as session:
        found = case_queries.whistle_to(session, whistle_id, department_code=_ours())
        file = case_queries.file_of(session, found.case, now=now)
        actor = lifecycle.department(_ours())
        shown = {"accept": PlainForm(), "refuse": _refuse_form(file.departments), "declare": DeclareForm()}
        return render_template(
            "feedback/cases/whistle.html",
            whistle=found,
            case=file.case,
            contact=case_page.contact(file.case) if found.state == "accepted" else None,
            area=file.area,
            hours=file.hours,
            departments=file.departments,
            may=lifecycle.allowed(file.case.state, actor=actor, holder=file.case.holder),
            forms=shown | forms,
            held=file if case_page.is_in_hand(file.case) else None,
            faulty=next(iter(forms.values()), None),
            now=now,
        )
