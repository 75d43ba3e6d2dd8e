"""A tried file: what it was read as and would change; said otherwise, applied, its faulty rows given back."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.imports.forms import ApplyForm
from feedback.imports.operations import opening, tries
from feedback.imports.views import files
from feedback.imports.views.files import ShownTrial
from feedback.models import ImportRun
from feedback.roles import ADMINISTRATOR, GRID_OFFICE, POSTER_KEEPER
from huying import sheets
from huying.base import clock
from huying.base.errors import Conflict, Invalid, Refused
from huying.base.i18n import _
from huying.sheets import Form as FileForm
from huying.sheets.tried import plan_digest
from huying.web.access import only
from huying.web.current import reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import Form
from huying.web.sheet_forms import choice_in

routes = Blueprint("import_trial", __name__, url_prefix="/imports/files")
SHOWN = 200
"""Rows of a plan that a page shows; the counts above them are of all."""


@routes.get("/<code>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def shown(code: str) -> ResponseReturnValue:
    """Show what a tried file would change, or what it changed."""
    with reading() as session:
        row = tries.find(session, code, by=current_user.login)
        if row.state == "applied":
            run = session.get(ImportRun, row.run_id) if row.run_id else None
            kind = files.own_kind(row.kind)
            return render_template("feedback/imports/imports_done.html", row=row, kind=kind, run=run)
    return _page(files.trial(code), ApplyForm(formdata=None))


@routes.post("/<code>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def apply(code: str) -> ResponseReturnValue:
    """Store exactly what was tried and shown."""
    trial, form = files.trial(code), ApplyForm()
    if _applied(trial, form):
        return redirect(url_for(".shown", code=code), 303)
    return _page(trial, form), 422


@routes.post("/<code>/good")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def keep_good(code: str) -> ResponseReturnValue:
    """Store the rows that nothing is wrong with, and give back the others as a file."""
    trial, form = files.trial(code), ApplyForm()
    # After it the tried file is gone.
    refused_rows = _refused_rows(trial, "xlsx")
    if _applied(trial, form, keep_good=True):
        return refused_rows
    return _page(trial, form), 422


@routes.post("/<code>/columns")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def columns(code: str) -> ResponseReturnValue:
    """Keep which column is which, for this file and the next with such headings; read it again."""
    trial, form = files.trial(code), Form()
    fingerprint, by, now = trial.seen.fingerprint, current_user.login, clock.now()
    status = store(
        form,
        lambda session: opening.say(
            session,
            trial.kind,
            choice_in(request.form, layout=trial.kind.layout, seen=trial.seen),
            fingerprint=fingerprint,
            by=by,
            now=now,
        ),
    )
    if status == DONE:
        return redirect(url_for(".shown", code=code), 303)
    again = ApplyForm(formdata=None)
    again.form_errors = list(form.form_errors)
    return _page(trial, again), 422


@routes.get("/<code>/refused.<form>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def refused(code: str, form: str) -> ResponseReturnValue:
    """Give the refused rows as a file to send back, each with its reason."""
    return _refused_rows(files.trial(code), files.form_of(form))


def _applied(trial: ShownTrial, form: ApplyForm, *, keep_good: bool = False) -> bool:
    """Tell whether a tried file was stored; what is wrong stands in the form."""
    if not form.validate():
        return False
    try:
        with transaction() as session:
            tries.apply(
                session,
                trial.row.code,
                trial.kind,
                trial.read(),
                data=trial.data,
                shown=form.shown.data or "",
                confirmed_by=form.confirmed_by.data or None,
                scope=files.scope(),
                keep_good=keep_good,
            )
    except (Conflict, Invalid) as fault:
        form.form_errors = [fault.message]
    except Refused as fault:
        form.confirmed_by.errors = [fault.message]
    else:
        return True
    return False


def _refused_rows(trial: ShownTrial, form: FileForm) -> Response:
    made = sheets.returned(trial.read(), files.plan(trial).faults, form=form)
    return files.download(made, _("%(title)s-退回.%(form)s", title=trial.kind.layout.title, form=form), form)


def _page(trial: ShownTrial, form: ApplyForm) -> str:
    context = {"trial": trial, "kind": trial.kind, "form": form, "say": Form()}
    if trial.table is None:
        return render_template("feedback/imports/imports_unread.html", **context)
    plan = files.plan(trial)
    form.shown.data = plan_digest(plan)
    form.confirmed_by.flags.required = bool(plan.alarm or plan.faults)
    return render_template("feedback/imports/imports_plan.html", plan=plan, most=SHOWN, **context)
