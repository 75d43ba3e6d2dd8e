"""A resident tells the supervisor to be called no more, or asks for calls again: by the full number alone."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.desk import WishForm
from survey.fieldwork.operations import dnc
from survey.fieldwork.views.return_calls import caller_in
from survey.roles import SUPERVISOR
from survey.web.views.pages import me, page

HOW = "supervisor"

routes = Blueprint("wishes_by_number", __name__, url_prefix="/supervisor/never-again")


@routes.get("/")
@only(SUPERVISOR)
def ask() -> ResponseReturnValue:
    """Ask whose wish it is."""
    return page("fieldwork/wishes_by_number", form=WishForm(formdata=None))


@routes.post("/")
@only(SUPERVISOR)
def keep() -> ResponseReturnValue:
    """Record the wish of a number's household, or lift it for the reason that the resident gave."""
    form, lifts = WishForm(), request.form.get("step") == "lift"
    by, now, vault, why = me(), clock.now(), installation().vault, form.why.data or ""
    status = store(
        form,
        lambda session: (
            dnc.lift_by_number(session, caller_in(form), by=by, why=why, now=now, vault=vault)
            if lifts
            else dnc.say_by_number(session, caller_in(form), by=by, how=HOW, now=now, vault=vault)
        ),
    )
    if status != DONE:
        return page("fieldwork/wishes_by_number", form=form), status
    flash(_("已恢复，理由留有记录。") if lifts else _("已记下：这个号码以后不会再打。"))
    return redirect(url_for(".ask"), 303)
