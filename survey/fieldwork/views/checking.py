"""The supervisor: how call-backs agree with interviews, and signs that call for a look, in neutral order."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.checks import DisputeForm
from survey.fieldwork.operations import disputes
from survey.fieldwork.queries import call_backs, talk_traces
from survey.fieldwork.rules.agreement import agreement_of
from survey.fieldwork.rules.flags import FEWEST, LOGARITHMS
from survey.roles import SUPERVISOR
from survey.waves.rules.early_ending import Signer
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("checking", __name__, url_prefix="/supervisor/checks")


@routes.get("/")
@only(SUPERVISOR)
def index() -> ResponseReturnValue:
    """Show how a wave's call-backs stand, and which of them don't agree."""
    return _page(DisputeForm(formdata=None))


@routes.post("/")
@only(SUPERVISOR)
def doubt() -> ResponseReturnValue:
    """Dispute an interview, for a reason."""
    form, by, now = DisputeForm(), Signer(me().login, me().role), clock.now()
    unit, why = form.unit.data or "", form.why.data or ""
    status = store(form, lambda session: disputes.open_now(session, unit, why=why, by=by, now=now))
    if status != DONE:
        return _page(form), status
    flash(_("已提出异议。访问员会被问一句，再由另一种职责的人决定。"))
    return redirect(url_for("disputes.index"), 303)


@routes.get("/flags")
@only(SUPERVISOR)
def flags() -> ResponseReturnValue:
    """Show of each interviewer, by code, which signs call for a look, and why."""
    with reading() as session:
        wave = call_backs.wave_in_question(session)
        found = talk_traces.signs(session, wave) if wave else ()
    return page(
        "fieldwork/flags", wave=wave, found=found, fewest=FEWEST, times=LOGARITHMS, signs=labels.SIGNS
    )


def _page(form: DisputeForm) -> str:
    with reading() as session:
        wave = call_backs.wave_in_question(session)
        found = call_backs.of_wave(session, wave.label) if wave else None
    return page(
        "fieldwork/checks",
        wave=wave,
        found=found,
        agreement=agreement_of(found.checked) if found else None,
        form=form,
        labels=labels,
    )
