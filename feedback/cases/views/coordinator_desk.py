"""What came back up: the grid leader's desk for cases of the unit, the coordinator's for refused whistles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from feedback.cases.forms.desk import AnswerForm, DeclareForm
from feedback.cases.operations import handling, whistles
from feedback.cases.rules import lifecycle
from feedback.cases.views import case_page
from feedback.models import Case
from feedback.roles import COORDINATOR, GRID_LEADER
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("escalated", __name__, url_prefix="/escalated")

HOLDERS: Mapping[str, str] = {
    GRID_LEADER: "unit",
    COORDINATOR: lifecycle.department(whistles.COORDINATION),
}
OFFERED: Mapping[str, frozenset[str]] = {
    GRID_LEADER: frozenset({"answer", "whistle", "declare"}),
    COORDINATOR: frozenset({"whistle"}),
}
"""The coordinator names who takes the lead and declares nothing solved."""


@routes.get("/")
@only(GRID_LEADER, COORDINATOR)
def desk() -> ResponseReturnValue:
    """Show the cases that this level holds, the most urgent first."""
    with reading() as session:
        return render_template(
            "feedback/cases/escalated.html",
            cases=session.scalars(_held(session)).all(),
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            now=clock.now(),
        )


@routes.get("/cases/<int:case_id>")
@only(GRID_LEADER, COORDINATOR)
def case(case_id: int) -> ResponseReturnValue:
    """Show one of them, and what may be done with it now."""
    return _case(case_id)


@routes.post("/cases/<int:case_id>/answer")
@only(GRID_LEADER)
def answer(case_id: int) -> ResponseReturnValue:
    """Take the case up, as the unit."""
    form = AnswerForm()
    if not form.validate():
        return _case(case_id, answer=form), 422
    with transaction() as session:
        _find(session, case_id)
        handling.answer_case(
            session, case_id, worker_code=None, note=form.message.data or "", now=clock.now()
        )
    return redirect(url_for("escalated.case", case_id=case_id), 303)


@routes.post("/cases/<int:case_id>/whistle")
@only(GRID_LEADER, COORDINATOR)
def whistle(case_id: int) -> ResponseReturnValue:
    """Call a department, or name which one takes the lead."""
    with reading() as session:
        form = case_page.whistle_form(session)
    if not form.validate():
        return _case(case_id, whistle=form), 422
    with transaction() as session:
        _find(session, case_id)
        whistles.sound(
            session,
            case_id,
            department_code=form.department.data,
            request=form.request.data,
            by=HOLDERS[current_user.role],
            now=clock.now(),
        )
    return redirect(url_for("escalated.desk"), 303)


@routes.post("/cases/<int:case_id>/declare")
@only(GRID_LEADER)
def declare(case_id: int) -> ResponseReturnValue:
    """Report the case as solved; the resident is asked whether it is."""
    form = DeclareForm()
    if not form.validate():
        return _case(case_id, declare=form), 422
    with transaction() as session:
        _find(session, case_id)
        handling.declare(
            session, case_id, actor="unit", note=form.note.data, now=clock.now(), vault=installation().vault
        )
    return redirect(url_for("escalated.desk"), 303)


def _held(session: Session) -> Select[Case]:
    query = select(Case).where(Case.holder == HOLDERS[current_user.role])
    if current_user.area_code:
        own = lookups.grids_below(lookups.areas(session), current_user.area_code)
        query = query.where(Case.grid_code.in_([grid.code for grid in own]))
    return query.order_by(Case.due_at, Case.id)


def _find(session: Session, case_id: int) -> Case:
    found = session.scalar(_held(session).where(Case.id == case_id))
    if found is None:
        raise NotFound(_("没有这件事，或现在不在您手里。"))
    return found


def _case(case_id: int, **forms: Any) -> str:
    with reading() as session:
        found = _find(session, case_id)
        able = lifecycle.allowed(found.state, actor=HOLDERS[current_user.role], holder=found.holder)
        may = OFFERED[current_user.role].intersection(able)
        return case_page.page(session, found, may=may, back=_("回来的事项"), **forms)
