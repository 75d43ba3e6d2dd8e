"""What the registrar's pages do with files: read as this account said, tried and kept, given back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

from huying.base import clock
from huying.base.errors import NotFound, Refused
from huying.base.i18n import _
from huying.sheets import Unrecognised
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY
from huying.web.forms import Form
from survey.registry.operations import columns, registry, trials
from survey.registry.operations.trials import Trial
from survey.registry.queries import grids
from survey.registry.rules import file as registry_file
from survey.registry.rules.file import FORMS, FileForm, RegistryFile
from survey.registry.rules.layout import LAYOUT
from survey.web.views.pages import me

MIMETYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def done(form: Form, work: Callable[[], None]) -> int:
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


def attempt(data: bytes, *, file: str) -> None:
    """Compare a file with the registry and keep it, sealed, with what was found."""
    try:
        stated = read(data, file=file)
    except Unrecognised as fault:
        by, now, vault = me().login, clock.now(), installation().vault
        with transaction() as session:
            trials.keep_unread(session, data, fault, file=file, vault=vault, by=by, now=now)
    else:
        keep(data, stated)


def keep(data: bytes, stated: RegistryFile) -> None:
    """Keep a file that was read, with what it would do."""
    by, now, vault = me().login, clock.now(), installation().vault
    with reading() as session:
        plan = registry.compare(session, stated, vault=vault, by=by, now=now).plan
    with transaction() as session:
        trials.keep(session, data, stated=stated, plan=plan, vault=vault, by=by, now=now)


def read(data: bytes, *, file: str, by: str | None = None) -> RegistryFile:
    """Return what a file states, its columns read as this account, or `by`, said of such files."""
    with reading() as session:
        known, choose = grids.known(session), columns.said(session, by=by or me().login)
    allowed = installation().settings.allowed_numbers
    return registry_file.read(data, file=file, allowed=allowed, grids=known, choose=choose)


def tried(sha256: str) -> tuple[bytes, str]:
    """Return the tried file with its name."""
    with reading() as session:
        data = trials.data(session, vault=installation().vault, by=me().login, now=clock.now(), sha256=sha256)
    found = waiting()
    return data, found.findings.file if found else ""


def waiting() -> Trial | None:
    """Return what this account tried and hasn't applied."""
    with reading() as session:
        return trials.find(session, vault=installation().vault, by=me().login, now=clock.now())


def refused(data: bytes, name: str, *, form: FileForm) -> Response:
    """Return the faulty rows of a file with their reasons, as a file."""
    stated, allowed = read(data, file=name), installation().settings.allowed_numbers
    with reading() as session:
        known, choose = grids.known(session), columns.said(session, by=me().login)
        vault, by, now = installation().vault, me().login, clock.now()
        faults = registry.compare(session, stated, vault=vault, by=by, now=now).plan.faults
    rows = registry_file.refused(
        data, file=name, allowed=allowed, form=form, grids=known, choose=choose, more=faults
    )
    return download(rows, name=f"{LAYOUT.name}-refused", form=form)


def form_of(form: str) -> FileForm:
    """Return the form of a file as it was asked for; raise NotFound for any other."""
    if form not in FORMS:
        raise NotFound(_("没有这种格式的文件。"))
    return FORMS[form]


def download(data: bytes, *, name: str, form: str) -> Response:
    """Return a file to be kept."""
    answer = Response(data, content_type=MIMETYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
