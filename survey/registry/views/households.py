"""The registrar's households: a file is tried, then applied as tried; what the registry is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from huying import sheets
from huying.base import clock
from huying.base.errors import Conflict, NotFound, Refused
from huying.base.i18n import _
from huying.side import app as web
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import Form
from survey.registry.forms import ApplyRegistryForm, HandOverForm, HomesForm
from survey.registry.operations import registry, trials
from survey.registry.operations.registry import RegistryCounts
from survey.registry.operations.trials import Trial
from survey.registry.queries import departures, export, homes, log
from survey.registry.queries import grids as registry_grids
from survey.registry.queries import quality as registry_quality
from survey.registry.rules import file as registry_file
from survey.registry.rules.file import FORMS, FileForm, Stated
from survey.roles import REGISTRAR
from survey.web.forms.fields import SendForm, UploadForm
from survey.web.views.pages import me, page

routes = Blueprint("registry", __name__, url_prefix="/registry")

LARGEST_FILE = 64 * 1024 * 1024
"""What a city's households take as a file, and some more."""

MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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
    status = _done(form, lambda: _try(form)) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".trial"), 303)
    with reading() as session:
        grids = registry_grids.household_counts(session)
        tasks = {"requests": log.waiting(session), "departures": departures.unchecked(session)}
    total = sum(grid.households for grid in grids)
    shown = page("registry/registry", form=form, total=total, grids=grids, waiting=_waiting(), tasks=tasks)
    return shown, status


@routes.get("/trial")
@only(REGISTRAR)
def trial() -> ResponseReturnValue:
    """Show what the tried file would do."""
    waiting = _waiting()
    if waiting is None:
        return redirect(url_for(".households"), 303)
    return _shown(waiting, ApplyRegistryForm()), 200


@routes.post("/trial/apply")
@only(REGISTRAR)
def apply() -> ResponseReturnValue:
    """Apply the file that was tried, whole."""
    form = ApplyRegistryForm()
    status = _done(form, lambda: _apply(form))
    if status == DONE:
        return redirect(url_for(".households"), 303)
    waiting = _waiting()
    if waiting is None:
        raise Refused("；".join(map(str, form.form_errors)), status=status)
    return _shown(waiting, form), status


@routes.post("/trial/drop")
@only(REGISTRAR)
def drop() -> ResponseReturnValue:
    """Forget the file that was tried."""
    if store(SendForm(), lambda session: trials.drop(session, by=me().login)) == DONE:
        flash(_("试过的文件已删除，名册没有改动。"))
    return redirect(url_for(".households"), 303)


@routes.get("/trial/refused.<form>")
@only(REGISTRAR)
def refused(form: str) -> ResponseReturnValue:
    """Return the faulty rows of the tried file with their reasons, to send back."""
    kind, sha256 = _known(form), request.args.get("sha256", "")
    data, name = _tried(sha256)
    rows = registry_file.refused(data, file=name, allowed=installation().settings.allowed_numbers, form=kind)
    return _download(rows, name=f"{registry_file.LAYOUT.name}-refused", form=kind)


@routes.get("/template.<form>")
@only(REGISTRAR)
def template(form: str) -> ResponseReturnValue:
    """Return an empty file to fill in."""
    layout = registry_file.LAYOUT
    return _download(sheets.template(layout, form=_known(form)), name=layout.name, form=form)


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
    return _download(export.csv_of(report), name="registry-quality", form="csv")


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


def _done(form: Form, work: Callable[[], None]) -> int:
    """Do `work`, which opens its own transaction, if the form is filled in well; return as `store` does.

    Reading a city's file takes seconds, in which interviewers' answers must not wait for the database.
    """
    if not form.validate():
        return FAULTY
    try:
        work()
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return refusal.status
    return DONE


def _try(form: UploadForm) -> None:
    """Compare a file with the registry and keep it, sealed."""
    data = form.file.data.read()
    _keep(data, _read(data, file=form.file.data.filename or ""))


def _keep(data: bytes, stated: Stated) -> None:
    by, now, vault = me().login, clock.now(), installation().vault
    with reading() as session:
        plan = registry.compare(session, stated, vault=vault, by=by, now=now).plan
    with transaction() as session:
        trials.keep(session, data, stated=stated, plan=plan, vault=vault, by=by, now=now)


def _apply(form: ApplyRegistryForm) -> None:
    sha256 = form.sha256.data or ""
    data, name = _tried(sha256)
    stated = _read(data, file=name)
    try:
        with transaction() as session:
            plan = registry.apply(
                session,
                stated,
                vault=installation().vault,
                by=me().login,
                now=clock.now(),
                confirmed_by=form.confirmed_by.data,
                shown=form.shown.data,
                why=form.why.data or "",
            )
            trials.drop(session, by=me().login)
    except Conflict:
        _keep(data, stated)  # what it would do by now is shown, to be looked at again
        raise
    flash(RegistryCounts.of(plan).words())


def _read(data: bytes, *, file: str) -> Stated:
    return registry_file.read(data, file=file, allowed=installation().settings.allowed_numbers)


def _tried(sha256: str) -> tuple[bytes, str]:
    """Return the tried file with its name."""
    with reading() as session:
        data = trials.data(session, vault=installation().vault, by=me().login, now=clock.now(), sha256=sha256)
    waiting = _waiting()
    return data, waiting.findings.file if waiting else ""


def _waiting() -> Trial | None:
    with reading() as session:
        return trials.find(session, vault=installation().vault, by=me().login, now=clock.now())


def _shown(waiting: Trial, form: ApplyRegistryForm) -> str:
    form.sha256.data, form.shown.data = waiting.sha256, waiting.findings.digest
    with reading() as session:
        twins = homes.open_groups(session, waiting.findings.twins)
    forms = {
        "waiting_twins": twins,
        "homes_form": HomesForm(),
        "form": form,
        "send": SendForm(),
        "hand_over": HandOverForm(sha256=waiting.sha256),
    }
    return page("registry/registry_trial", trial=waiting, found=waiting.findings, **forms)


def _known(form: str) -> FileForm:
    """Return the form of a file as it was asked for; raise NotFound for any other."""
    if form not in FORMS:
        raise NotFound(_("没有这种格式的文件。"))
    return FORMS[form]


def _download(data: bytes, *, name: str, form: str) -> Response:
    answer = Response(data, content_type=MIMETYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
