"""Imports by page: choose what, take a template, try a file, look at what it would change, apply it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.imports.forms import ApplyForm, TryForm
from feedback.imports.operations import kinds, opening, tries
from feedback.imports.operations.kinds import ImportKind, find
from feedback.imports.operations.scope import ImportScope
from feedback.models import ImportFile, ImportRun
from feedback.roles import ADMINISTRATOR, GRID_OFFICE, POSTER_KEEPER
from huying import sheets
from huying.base import clock
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from huying.base.i18n import _
from huying.sheets import Choose, Recognition, Table, Unrecognised
from huying.sheets import Form as FileForm
from huying.sheets.plans import Plan
from huying.sheets.tried import plan_digest
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import Form
from huying.web.sheet_forms import choice_in

routes = Blueprint("imports", __name__, url_prefix="/imports")
TYPES: dict[FileForm, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN = 200
"""Rows of a plan that a page shows; the counts above them are of all."""


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """A tried file, opened and read again; without a table where a person has to say what is what."""

    row: ImportFile
    kind: ImportKind
    data: bytes
    table: Table | None
    seen: Recognition
    unread: str = ""

    def read(self) -> Table:
        """Return the table; raise Invalid where there is none."""
        if self.table is None:
            raise Invalid(self.unread)
        return self.table


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
        opening.table(data, file=name, kind=chosen, choose=_choices(chosen))
    except Unrecognised:
        pass
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
    if _applied(trial, form):
        return redirect(url_for("imports.tried", code=code), 303)
    return _plan_page(trial, form), 422


@routes.post("/files/<code>/good")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def keep_good(code: str) -> ResponseReturnValue:
    """Store the rows that nothing is wrong with, and give back the others as a file."""
    trial, form = _trial(code), ApplyForm()
    # After it the tried file is gone.
    refused_rows = _refused_rows(trial, "xlsx")
    if _applied(trial, form, keep_good=True):
        return refused_rows
    return _plan_page(trial, form), 422


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
                scope=_scope(),
                keep_good=keep_good,
            )
    except (Conflict, Invalid) as fault:
        form.form_errors = [fault.message]
    except Refused as fault:
        form.confirmed_by.errors = [fault.message]
    else:
        return True
    return False


@routes.post("/files/<code>/columns")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def columns(code: str) -> ResponseReturnValue:
    """Keep which column is which, for this file and the next with such headings; read it again."""
    trial, form = _trial(code), Form()

    if store(form, lambda session: _say(session, trial)) != DONE:
        shown = ApplyForm(formdata=None)
        shown.form_errors = list(form.form_errors)
        return _plan_page(trial, shown), 422
    return redirect(url_for("imports.tried", code=code), 303)


@routes.get("/files/<code>/refused.<form>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def refused(code: str, form: str) -> ResponseReturnValue:
    """Give the refused rows as a file to send back, each with its reason."""
    return _refused_rows(_trial(code), _form(form))


def _refused_rows(trial: ShownTrial, form: FileForm) -> Response:
    made = sheets.returned(trial.read(), _plan(trial).faults, form=form)
    return _download(made, _("%(title)s-退回.%(form)s", title=trial.kind.layout.title, form=form), form)


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
    try:
        table = opening.table(data, file=row.name, kind=kind, choose=_choices(kind))
    except Unrecognised as fault:
        return ShownTrial(row, kind, data, None, fault.recognition, fault.message)
    return ShownTrial(row, kind, data, table, table.recognition)


def _say(session: Any, trial: ShownTrial) -> None:
    choice = choice_in(request.form, layout=trial.kind.layout, seen=trial.seen)
    fingerprint, by = trial.seen.fingerprint, current_user.login
    opening.say(session, trial.kind, choice, fingerprint=fingerprint, by=by, now=clock.now())


def _choices(kind: ImportKind) -> Choose:
    with reading() as session:
        return opening.choices(session, kind, by=current_user.login)


def _plan(trial: ShownTrial) -> Plan:
    with reading() as session:
        return trial.kind.draft(session, trial.read(), _scope()).plan


def _page(kind: ImportKind, form: TryForm) -> str:
    return render_template("feedback/imports/imports_kind.html", kind=kind, form=form, forms=tuple(TYPES))


def _plan_page(trial: ShownTrial, form: ApplyForm) -> str:
    if trial.table is None:
        return render_template(
            "feedback/imports/imports_unread.html", trial=trial, kind=trial.kind, form=form, say=Form()
        )
    plan = _plan(trial)
    form.shown.data = plan_digest(plan)
    form.confirmed_by.flags.required = plan.alarm is not None
    return render_template(
        "feedback/imports/imports_plan.html",
        trial=trial,
        kind=trial.kind,
        plan=plan,
        form=form,
        most=SHOWN,
        say=Form(),
    )


def _form(given: str) -> FileForm:
    found = next((form for form in TYPES if form == given), None)
    if found is None:
        raise NotFound(_("没有这个页面。"))
    return found


def _download(data: bytes, name: str, form: FileForm) -> Response:
    return send_file(BytesIO(data), mimetype=TYPES[form], as_attachment=True, download_name=name)
