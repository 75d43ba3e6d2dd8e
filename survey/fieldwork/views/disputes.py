"""Disputed interviews: whoever may confirm a correction sees them, and decides those of another role."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.checks import DecisionForm
from survey.fieldwork.operations import disputes as operations
from survey.fieldwork.queries import disputes
from survey.fieldwork.rules.corrections import CONFIRM
from survey.waves.rules.early_ending import Signer
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("disputes", __name__, url_prefix="/disputes")


@routes.get("/")
@only(*CONFIRM)
def index() -> ResponseReturnValue:
    """Show the disputes that wait, and what came of the last ones."""
    return _page(DecisionForm(formdata=None))


@routes.post("/<int:number>")
@only(*CONFIRM)
def decide(number: int) -> ResponseReturnValue:
    """Let an interview stand, or void it."""
    form, by, now = DecisionForm(), Signer(me().login, me().role), clock.now()
    decision = form.decision.data or ""
    status = store(
        form,
        lambda session: operations.decide(session, number, decision, by=by, now=now),
        passing=(NotFound,),
    )
    if status != DONE:
        return _page(form), status
    flash(_("已经决定。作废的，更正已写进账本。"))
    return redirect(url_for(".index"), 303)


def _page(form: DecisionForm) -> str:
    with reading() as session:
        label = disputes.running(session)
        found = disputes.of_wave(session, label) if label else []
    mine = (me().login, me().role)
    return page("fieldwork/disputes", wave=label, found=found, form=form, mine=mine, labels=labels)
