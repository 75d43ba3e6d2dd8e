"""What came back up: the grid leader's desk for cases of the office, the coordinator's for refusals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases import queries as case_queries
from feedback.cases.forms.desk import AnswerForm, DeclareForm
from feedback.cases.operations import handling, whistles
from feedback.cases.queries import Level
from feedback.cases.rules import lifecycle
from feedback.cases.views import case_page
from feedback.roles import COORDINATOR, GRID_LEADER, OFFICE
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store

routes = Blueprint("escalated", __name__, url_prefix="/escalated")

HOLDERS: Mapping[str, str] = {
    GRID_LEADER: OFFICE,
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
            cases=case_queries.held_by(session, _level()),
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
    """Take the case up, as the office."""
    form, held = AnswerForm(), partial(case_queries.one_held_by, case_id=case_id, level=_level())
    note = form.message.data or ""
    status = store(
        form,
        lambda session: handling.answer_case(
            session, held(session).id, worker_code=None, note=note, now=clock.now()
        ),
    )
    if status == DONE:
        return redirect(url_for("escalated.case", case_id=case_id), 303)
    return _case(case_id, answer=form), status


@routes.post("/cases/<int:case_id>/whistle")
@only(GRID_LEADER, COORDINATOR)
def whistle(case_id: int) -> ResponseReturnValue:
    """Call a department, or name which one takes the lead."""
    with reading() as session:
        form = case_page.whistle_form(lookups.departments(session))
    held = partial(case_queries.one_held_by, case_id=case_id, level=_level())
    status = store(
        form,
        lambda session: whistles.sound(
            session,
            held(session).id,
            department_code=form.department.data,
            request=form.request.data,
            by=_level().holder,
            now=clock.now(),
        ),
    )
    if status == DONE:
        return redirect(url_for("escalated.desk"), 303)
    return _case(case_id, whistle=form), status


@routes.post("/cases/<int:case_id>/declare")
@only(GRID_LEADER)
def declare(case_id: int) -> ResponseReturnValue:
    """Report the case as solved; the resident is asked whether it is."""
    form, held = DeclareForm(), partial(case_queries.one_held_by, case_id=case_id, level=_level())
    vault = installation().vault
    status = store(
        form,
        lambda session: handling.declare(
            session, held(session).id, actor=OFFICE, note=form.note.data, now=clock.now(), vault=vault
        ),
    )
    if status == DONE:
        return redirect(url_for("escalated.desk"), 303)
    return _case(case_id, declare=form), status


def _level() -> Level:
    """Return the level that the signed-in account stands for."""
    return Level(HOLDERS[current_user.role], current_user.area_code)


def _case(case_id: int, **forms: Any) -> str:
    with reading() as session:
        found = case_queries.one_held_by(session, case_id, _level())
        able = lifecycle.allowed(found.state, actor=_level().holder, holder=found.holder)
        may = OFFERED[current_user.role].intersection(able)
        file = case_queries.file_of(session, found, now=clock.now())
        return case_page.page(file, may=may, back=_("回来的事项"), **forms)
