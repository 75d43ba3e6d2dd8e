"""The draw officer ends the field of a wave."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.operations import ending
from survey.roles import DRAW_OFFICER
from survey.waves.views import draw_officer

routes = Blueprint("closing", __name__, url_prefix="/waves")


@routes.post("/<label>/close")
@only(DRAW_OFFICER)
def end(label: str) -> ResponseReturnValue:
    """End the field: outcomes and sealed answers go into the ledger."""
    form = ButtonForm()
    status = store(form, lambda session: ending.end(session, label, now=clock.now()))
    if status == DONE:
        return redirect(url_for("waves.one", label=label), 303)
    return draw_officer.show(label, faulty=form, step="close"), status
