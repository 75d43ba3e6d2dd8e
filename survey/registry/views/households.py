"""The registrar's households: how many each grid has, a file of them tried; what the registry is worth."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from huying import sheets
from huying.base import clock
from huying.base.i18n import _
from huying.side import app as web
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE
from survey.registry.queries import codes, departures, export, grids, log
from survey.registry.queries import quality as registry_quality
from survey.registry.rules.layout import LAYOUT
from survey.registry.views import files
from survey.roles import REGISTRAR
from survey.web.forms.fields import UploadForm
from survey.web.views.pages import page

routes = Blueprint("registry", __name__, url_prefix="/registry")

LARGEST_FILE = 64 * 1024 * 1024
"""What a city's households take as a file, and some more."""


@routes.url_value_preprocessor
def _let_in_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything reads the form; and for a registrar alone, whom the guard asks for only later.
    if endpoint == "registry.households" and getattr(current_user, "role", None) == REGISTRAR:
        request.max_content_length = LARGEST_FILE


@routes.route("/", methods=["GET", "POST"])
@only(REGISTRAR)
def households() -> ResponseReturnValue:
    """Show how many households each grid has; try a file of them."""
    form = UploadForm()
    status = files.done(form, lambda: _try(form)) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for("registry_trial.shown"), 303)
    with reading() as session:
        listed = grids.household_counts(session)
        tasks = {"requests": log.waiting(session), "departures": departures.unchecked(session)}
    shown = {"total": sum(grid.households for grid in listed), "grids": listed, "tasks": tasks}
    return page("registry/registry", form=form, waiting=files.waiting(), **shown), status


@routes.get("/codes.csv")
@only(REGISTRAR)
def household_codes() -> ResponseReturnValue:
    """Give back the codes of the households that are registered now."""
    with reading() as session:
        return files.download(codes.csv_of(session), name="household-codes", form="csv")


@routes.get("/template.<form>")
@only(REGISTRAR)
def template(form: str) -> ResponseReturnValue:
    """Return an empty file to fill in."""
    return files.download(sheets.template(LAYOUT, form=files.form_of(form)), name=LAYOUT.name, form=form)


@routes.get("/quality")
@only(REGISTRAR)
def quality() -> ResponseReturnValue:
    """Show what is amiss in the registry, grid by grid, in counts."""
    with reading() as session:
        report = registry_quality.report(session, vault=installation().vault, now=clock.now())
    return page("registry/registry_quality", report=report, labels=export.LABELS)


@routes.get("/quality.csv")
@only(REGISTRAR)
def quality_csv() -> ResponseReturnValue:
    """Return the same as a file."""
    with reading() as session:
        report = registry_quality.report(session, vault=installation().vault, now=clock.now())
    return files.download(export.csv_of(report), name="registry-quality", form="csv")


@routes.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """Say where a larger file goes."""
    return web.answer(
        413,
        _(
            "文件超过 %(most)s MB，网页收不下，什么也没有保存。请在服务器上用命令行导入：%(command)s",
            most=LARGEST_FILE // 2**20,
            command=_("huying survey import-households 文件"),
        ),
    )


def _try(form: UploadForm) -> None:
    """Compare a file with the registry and keep it, sealed."""
    files.attempt(form.file.data.read(), file=form.file.data.filename or "")
