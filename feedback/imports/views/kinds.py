"""Imports by page: choose what, take a template, try a file."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.imports.forms import TryForm
from feedback.imports.operations import kinds, opening, tries
from feedback.imports.operations.kinds import ImportKind
from feedback.imports.views import files
from feedback.imports.views.files import TYPES
from feedback.roles import ADMINISTRATOR, GRID_OFFICE, POSTER_KEEPER
from huying import sheets
from huying.base import clock
from huying.base.errors import Invalid
from huying.sheets import Unrecognised
from huying.web.access import only
from huying.web.current import installation, transaction

routes = Blueprint("imports", __name__, url_prefix="/imports")


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
    return _page(files.own_kind(kind), TryForm())


@routes.get("/<kind>/template.<form>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def template(kind: str, form: str) -> ResponseReturnValue:
    """Give an empty file with the right headings and an example row."""
    layout, wanted = files.own_kind(kind).layout, files.form_of(form)
    return files.download(sheets.template(layout, form=wanted), f"{layout.title}.{wanted}", wanted)


@routes.post("/<kind>")
@only(GRID_OFFICE, ADMINISTRATOR, POSTER_KEEPER)
def attempt(kind: str) -> ResponseReturnValue:
    """Try a file: nothing is stored of what it says."""
    chosen, form = files.own_kind(kind), TryForm()
    if not form.validate():
        return _page(chosen, form), 422
    data, name = form.file.data.read(), form.file.data.filename or chosen.layout.title
    try:
        opening.table(data, file=name, kind=chosen, choose=files.choices(chosen))
    except Unrecognised:
        pass  # A person can say what is what: the next page asks.
    except Invalid as fault:
        form.file.errors = [fault.message]
        return _page(chosen, form), 422
    by, vault, now = current_user.login, installation().vault, clock.now()
    with transaction() as session:
        tried = tries.keep(session, chosen, data=data, name=name, by=by, vault=vault, now=now)
    return redirect(url_for("import_trial.shown", code=tried.code), 303)


def _page(kind: ImportKind, form: TryForm) -> str:
    return render_template("feedback/imports/imports_kind.html", kind=kind, form=form, forms=tuple(TYPES))
