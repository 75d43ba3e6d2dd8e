"""Outcomes are put right: asked by supervisor or auditor; a complete is undone by a second role's name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm, Form
from survey.fieldwork.forms.desk import CorrectionForm
from survey.fieldwork.operations import corrections as operations
from survey.fieldwork.operations import taken_out
from survey.fieldwork.queries import corrections
from survey.fieldwork.queries import taken_out as out
from survey.fieldwork.rules.corrections import ASK, COMPLETES, CONFIRM
from survey.fieldwork.rules.outcome_codes import BY_PERSON
from survey.waves.rules.early_ending import Signer
from survey.waves.rules.final_codes import FINAL
from survey.web.forms.fields import choices
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("correcting", __name__, url_prefix="/corrections")


@routes.route("/", methods=["GET", "POST"])
@only(*CONFIRM)
def index() -> ResponseReturnValue:
    """Show what waits for a second name, in numbers what stands; take another correction."""
    form, status = _form(), 200
    if request.method == "POST":
        status = _ask(form)
        if status == DONE:
            flash(_("已记下。改动完成的访问，要另一种职责的人确认以后才算。"))
            return redirect(url_for(".index"), 303)
    return _page(form), status


@routes.post("/<int:number>")
@only(*CONFIRM)
def confirm(number: int) -> ResponseReturnValue:
    """Confirm a correction with one's name."""
    form, by = ButtonForm(), _signer()
    status = store(form, lambda session: operations.confirm(session, number, by=by, now=clock.now()))
    if status != DONE:
        return _page(_form(), refused=form), status
    flash(_("已写进账本。"))
    return redirect(url_for(".index"), 303)


@routes.post("/after/<int:number>")
@only(*CONFIRM)
def confirm_after(number: int) -> ResponseReturnValue:
    """Confirm with one's name that a complete is undone whose wave's scores are out."""
    form, by = ButtonForm(), _signer()
    status = store(form, lambda session: taken_out.confirm(session, number, by=by, now=clock.now()))
    if status != DONE:
        return _page(_form(), refused=form), status
    flash(_("已确认。评估员重新公布得分以后，这份访问就不再算。"))
    return redirect(url_for(".index"), 303)


def _form() -> CorrectionForm:
    form = CorrectionForm()
    form.to.choices = choices((code, _name(code)) for code in FINAL if code not in COMPLETES)
    return form


def _name(code: str) -> str:
    # A correction has no place for the wish beside its code: it records both.
    return _("受访人本人拒绝，并登记以后不要再打") if code == BY_PERSON else labels.outcome(code)


def _ask(form: CorrectionForm) -> int:
    """Store the correction that the form asks for; return as `store` does."""
    named, to, why, by = form.unit.data, form.to.data, form.why.data, _signer()
    return store(
        form,
        lambda session: taken_out.ask_wherever(session, named, to=to, why=why, by=by, now=clock.now()),
    )


def _signer() -> Signer:
    return Signer(me().login, me().role)


def _page(form: CorrectionForm, *, refused: Form | None = None) -> str:
    with reading() as session:
        found = corrections.running(session)
        released, after = out.released(session, now=clock.now()), out.waiting(session)
    shown = {
        "found": found,
        "released": released,
        "after": after,
        "outcome": labels.outcome,
        "may_ask": me().role in ASK,
    }
    return page("fieldwork/corrections", form=form, send=ButtonForm(formdata=None), refused=refused, **shown)
