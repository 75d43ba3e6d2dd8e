"""The draw officer announces a year's freezes ahead."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.roles import DRAW_OFFICER
from survey.waves.forms.calendar import CalendarForm
from survey.waves.operations import calendar as operations
from survey.waves.queries import calendar
from survey.web.views.pages import page

routes = Blueprint("calendar", __name__, url_prefix="/waves")


@routes.route("/calendar", methods=["GET", "POST"])
@only(DRAW_OFFICER)
def announce() -> ResponseReturnValue:
    """Show what was announced; take the days of another year."""
    form, status = CalendarForm(), 200
    if request.method == "POST":
        status = store(form, lambda session: operations.announce(session, form.value(), now=clock.now()))
        if status == DONE:
            return redirect(url_for(".announce"), 303)
    with reading() as session:
        years = calendar.announced(session)
    return page("waves/calendar", form=form, years=years), status
