"""Imports by page: choose what, take a template, try a file, look at what it would change, apply it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.imports.forms import ApplyForm, TryForm
from feedback.imports.operations import kinds, tries
from feedback.imports.operations.kinds import ImportKind, find
from feedback.imports.operations.scope import ImportScope
from feedback.models import ImportFile, ImportRun
from feedback.roles import ADMINISTRATOR, GRID_OFFICE, POSTER_KEEPER
from huying import sheets
from huying.base import clock
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from huying.base.i18n import _
from huying.sheets import Form, Table
from huying.sheets.plans import Plan
from huying.sheets.tried import plan_digest
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("imports", __name__, url_prefix="/imports")
TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN = 200
"""Rows of a plan that a page shows; the counts above them are of all."""


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """A tried file, opened and read again."""

    row: ImportFile
    kind: ImportKind
    data: bytes
    table: Table


@routes.get("/")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def choose() -> ResponseReturnValue:
    """Show what this account may import."""
    own = [kind for kind in kinds.KINDS.values() if current_user.role in kind.roles]
    return render_template("feedback/imports/imports.html", kinds=own)


@routes.get("/<kind>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def page(kind: str) -> ResponseReturnValue:
    """Show what such a file holds, its templates, and the form by which one is tried."""
    return _page(_kind(kind), TryForm())


@routes.get("/<kind>/template.<form>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def template(kind: str, form: str) -> ResponseReturnValue:
    """Give an empty file with the right headings and an example row."""
    layout, wanted = _kind(kind).layout, _form(form)
    return _download(sheets.template(layout, form=wanted), f"{layout.title}.{wanted}", wanted)


@routes.post("/<kind>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def attempt(kind: str) -> ResponseReturnValue:
    """Try a file: nothing is stored of what it says."""
    chosen, form = _kind(kind), TryForm()
    if not form.validate():
        return _page(chosen, form), 422
    data, name = form.file.data.read(), form.file.data.filename or chosen.layout.title
    try:
        sheets.read(data, file=name, layout=chosen.layout)
    except Invalid as fault:
        form.file.errors = [fault.message]
        return _page(chosen, form), 422
    with transaction() as session:
        tried = tries.keep(
            session,
            chosen,
            data=data,
            name=name,
            by=current_user.login,
            vault=installation().vault,
            now=clock.now(),
        )
    return redirect(url_for("imports.tried", code=tried.code), 303)


@routes.get("/files/<code>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def tried(code: str) -> ResponseReturnValue:
    """Show what a tried file would change, or what it changed."""
    with reading() as session:
        row = tries.find(session, code, by=current_user.login)
        if row.state == "applied":
            run = session.get(ImportRun, row.run_id) if row.run_id else None
            return render_template(
                "feedback/imports/imports_done.html", row=row, kind=_kind(row.kind), run=run
            )
    return _plan_page(_trial(code), ApplyForm(formdata=None))


@routes.post("/files/<code>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def apply(code: str) -> ResponseReturnValue:
    """Store exactly what was tried and shown."""
    trial, form = _trial(code), ApplyForm()
    if not form.validate():
        return _plan_page(trial, form), 422
    try:
        with transaction() as session:
            tries.apply(
                session,
                code,
                trial.kind,
                trial.table,
                data=trial.data,
                shown=form.shown.data or "",
                confirmed_by=form.confirmed_by.data or None,
                scope=_scope(),
            )
    except (Conflict, Invalid) as fault:
        form.form_errors = [fault.message]
    except Refused as fault:
        form.confirmed_by.errors = [fault.message]
    else:
        return redirect(url_for("imports.tried", code=code), 303)
    return _plan_page(trial, form), 422


@routes.get("/files/<code>/refused.<form>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def refused(code: str, form: str) -> ResponseReturnValue:
    """Give the refused rows as a file to send back, each with its reason."""
    wanted, trial = _form(form), _trial(code)
    made = sheets.returned(trial.table, _plan(trial).faults, form=wanted)
    name = _("%(title)s-退回.%(form)s", title=trial.kind.layout.title, form=wanted)
    return _download(made, name, wanted)


def _kind(name: str) -> ImportKind:
    kind = find(name)
    if current_user.role not in kind.roles:
        raise Forbidden(_("这种导入由网格办办理。"))
    return kind


def _scope() -> ImportScope:
    here = installation()
    return ImportScope(
        now=clock.now(),
        by=current_user.login,
        vault=here.vault,
        region=here.settings.region,
        allowed=here.settings.allowed_numbers,
        within=current_user.area_code,
    )


def _trial(code: str) -> ShownTrial:
    with reading() as session:
        row = tries.find(session, code, by=current_user.login)
        kind = _kind(row.kind)
        data = tries.opened(row, vault=installation().vault, now=clock.now())
    return ShownTrial(row, kind, data, sheets.read(data, file=row.name, layout=kind.layout))


def _plan(trial: ShownTrial) -> Plan:
    with reading() as session:
        return trial.kind.draft(session, trial.table, _scope()).plan


def _page(kind: ImportKind, form: TryForm) -> str:
    return render_template("feedback/imports/imports_kind.html", kind=kind, form=form, forms=tuple(TYPES))


def _plan_page(trial: ShownTrial, form: ApplyForm) -> str:
    plan = _plan(trial)
    form.shown.data = plan_digest(plan)
    form.confirmed_by.flags.required = plan.alarm is not None
    return render_template(
        "feedback/imports/imports_plan.html", trial=trial, kind=trial.kind, plan=plan, form=form, most=SHOWN
    )


def _form(given: str) -> Form:
    found = next((form for form in TYPES if form == given), None)
    if found is None:
        raise NotFound(_("没有这个页面。"))
    return found


def _download(data: bytes, name: str, form: Form) -> Response:
    return send_file(BytesIO(data), mimetype=TYPES[form], as_attachment=True, download_name=name)
