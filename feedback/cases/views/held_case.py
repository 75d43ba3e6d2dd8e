"""What only who works on a case now sees or does: photos, words of a contested round, joining two cases."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.operations import joins, photos
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.rules import seeing
from feedback.cases.views.receipts import as_picture
from feedback.models import Case
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, GRID_LEADER, WORKER
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm

routes = Blueprint("held", __name__, url_prefix="/held/<int:case_id>")


@routes.get("/photos/<int:position>")
@only(WORKER, GRID_LEADER, DEPARTMENT_OFFICER, COORDINATOR)
def photo(case_id: int, position: int) -> ResponseReturnValue:
    """Show a photo of a case that is in one's own hands."""
    with reading() as session:
        return as_picture(photos.one(session, _held(session, case_id).id, position))


@routes.get("/same")
@only(WORKER, GRID_LEADER)
def same(case_id: int) -> ResponseReturnValue:
    """Show the cases that may be the same matter as one in one's own hands."""
    return _same(case_id, ButtonForm())


@routes.post("/same/<int:into_id>")
@only(WORKER, GRID_LEADER)
def join(case_id: int, into_id: int) -> ResponseReturnValue:
    """Join a case into another: at once for one resident, else once the second one agrees."""
    form = ButtonForm()
    done: list[bool] = []
    held = partial(_held, case_id=case_id)
    status = store(
        form,
        lambda session: done.append(
            joins.propose(session, held(session).id, into_id=into_id, by=current_user.login, now=clock.now())
        ),
    )
    if status != DONE:
        return _same(case_id, form), status
    flash(_("已并成一件。") if done[0] else _("已问第二位居民；同意了就并成一件，不同意就各办各的。"))
    return redirect(url_for("home.desk"), 303)


def _same(case_id: int, form: ButtonForm) -> str:
    with reading() as session:
        case = _held(session, case_id)
        return render_template(
            "feedback/cases/same.html",
            case=case,
            similar=joins.similar_to(session, case),
            area=lookups.area_name(session, case.grid_code),
            form=form,
            now=clock.now(),
        )


def _held(session: Any, case_id: int) -> Case:
    case = case_queries.one(session, case_id)
    inside = None
    if current_user.area_code:
        below = lookups.grids_below(lookups.areas(session), current_user.area_code)
        inside = frozenset(grid.code for grid in below)
    viewer = seeing.Viewer(current_user.role, current_user.worker_code, current_user.department_code, inside)
    desk = desks.of_case(session, case)
    if not seeing.sits_at(viewer, desk, worker_code=case.worker_code, grid_code=case.grid_code):
        raise NotFound(case_queries.UNKNOWN)
    return case
