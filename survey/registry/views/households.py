"""The registrar's households: a file is tried, then applied as tried; what the registry is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from huying import sheets
from huying.base import clock
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _
from huying.side import app as web
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import Form
from survey.models import Area, Household
from survey.registry.forms import ApplyRegistryForm, HandOverForm, HomesForm
from survey.registry.operations import registry, trials
from survey.registry.operations.registry import RegistryCounts
from survey.registry.operations.trials import Trial
from survey.registry.queries import export, homes
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
        grids, waiting = _grids(session), _waiting(session)
    shown = {"grids": grids, "waiting": waiting}
    return page(
        "registry/registry", form=form, total=sum(count for _code, _name, count in grids), **shown
    ), status


@routes.get("/trial")
@only(REGISTRAR)
def trial() -> ResponseReturnValue:
    """Show what the tried file would do."""
    with reading() as session:
        waiting = _waiting(session)
    if waiting is None:
        return redirect(url_for(".households"), 303)
    return _shown(waiting, ApplyRegistryForm(sha256=waiting.sha256)), 200


@routes.post("/trial/apply")
@only(REGISTRAR)
def apply() -> ResponseReturnValue:
    """Apply the file that was tried, whole."""
    form = ApplyRegistryForm()
    status = _done(form, lambda: _apply(form))
    if status == DONE:
        return redirect(url_for(".households"), 303)
    with reading() as session:
        waiting = _waiting(session)
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
    with reading() as session:
        data, name = _tried(session, sha256)
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
    by, now, vault = me().login, clock.now(), installation().vault
    data = form.file.data.read()
    stated = _read(data, file=form.file.data.filename or "")
    with reading() as session:
        plan = registry.compare(session, stated, vault=vault, by=by, now=now).plan
    with transaction() as session:
        trials.keep(session, data, stated=stated, plan=plan, vault=vault, by=by, now=now)


def _apply(form: ApplyRegistryForm) -> None:
    sha256 = form.sha256.data or ""
    with reading() as session:
        data, name = _tried(session, sha256)
    stated = _read(data, file=name)
    with transaction() as session:
        plan = registry.apply(
            session,
            stated,
            vault=installation().vault,
            by=me().login,
            now=clock.now(),
            confirmed_by=form.confirmed_by.data,
            tried=sha256,
        )
        trials.drop(session, by=me().login)
    flash(RegistryCounts.of(plan).words())


def _read(data: bytes, *, file: str) -> Stated:
    return registry_file.read(data, file=file, allowed=installation().settings.allowed_numbers)


def _tried(session: Session, sha256: str) -> tuple[bytes, str]:
    """Return the tried file with its name."""
    data = trials.data(session, vault=installation().vault, by=me().login, now=clock.now(), sha256=sha256)
    waiting = _waiting(session)
    return data, waiting.findings.file if waiting else ""


def _waiting(session: Session) -> Trial | None:
    return trials.find(session, vault=installation().vault, by=me().login, now=clock.now())


def _shown(waiting: Trial, form: ApplyRegistryForm) -> str:
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


def _grids(session: Session) -> list[tuple[str, str, int]]:
    """Grids with their names and how many households stand in the registry now."""
    here = select(Household.grid_code, func.count()).where(Household.left_at.is_(None))
    counts = dict(session.execute(here.group_by(Household.grid_code)).all())
    names = dict(session.execute(select(Area.code, Area.name).where(Area.level == "grid")).all())
    return [(code, names.get(code, ""), counts.get(code, 0)) for code in sorted(names.keys() | counts.keys())]
