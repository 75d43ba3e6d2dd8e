"""The supervisor's calendar of days off: shown, and taken in from a file."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.roles import SUPERVISOR
from survey.waves.operations import days_off as operations
from survey.waves.queries import holidays
from survey.waves.rules import days_off
from survey.waves.rules.days_off import KIND_NAMES, TakenDays
from survey.web.forms.fields import UploadForm
from survey.web.views.pages import me, page

routes = Blueprint("days_off", __name__, url_prefix="/supervisor/days-off")


@routes.route("/", methods=["GET", "POST"])
@only(SUPERVISOR)
def days() -> ResponseReturnValue:
    """Show the days off, and the days worked instead; take in a file of them."""
    form, status = UploadForm(), 200
    if request.method == "POST":
        taken: list[TakenDays] = []
        by, now = me().login, clock.now()
        status = store(
            form,
            lambda session: taken.append(
                operations.take(
                    session,
                    days_off.read(form.file.data.read(), file=form.file.data.filename or ""),
                    by=by,
                    now=now,
                )
            ),
        )
        if status == DONE:
            flash(taken[0].sentence)
            return redirect(url_for(".days"), 303)
    with reading() as session:
        shown = {"days": holidays.every(session), "end": holidays.end(session)}
    return page("waves/days_off", form=form, kinds=KIND_NAMES, **shown), status
