"""A tried file of households: what it was read as and would do; said otherwise, applied, or dropped."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from huying.web.sheet_forms import choice_in
from survey.registry.forms import ApplyRegistryForm, HandOverForm, HomesForm
from survey.registry.operations import columns, registry, trials
from survey.registry.operations.registry import RegistryCounts
from survey.registry.operations.trials import Findings, Trial
from survey.registry.queries import homes
from survey.registry.rules.layout import LAYOUT
from survey.registry.views import files
from survey.roles import REGISTRAR
from survey.web.views.pages import me, page

routes = Blueprint("registry_trial", __name__, url_prefix="/registry/trial")


@routes.get("")
@only(REGISTRAR)
def shown() -> ResponseReturnValue:
    """Show what the tried file would do."""
    waiting = files.waiting()
    if waiting is None:
        return redirect(url_for("registry.households"), 303)
    return _page(waiting, ApplyRegistryForm()), 200


@routes.post("/apply")
@only(REGISTRAR)
def apply() -> ResponseReturnValue:
    """Apply the file that was tried, whole."""
    form = ApplyRegistryForm()
    status = files.done(form, lambda: _apply(form))
    return redirect(url_for("registry.households"), 303) if status == DONE else _not_applied(form, status)


@routes.post("/good")
@only(REGISTRAR)
def keep_good() -> ResponseReturnValue:
    """Apply the rows of the tried file that nothing is wrong with, and give back the others."""
    form = ApplyRegistryForm()
    data, name = files.tried(form.value().sha256)
    # After it the tried file is gone.
    refused_rows = files.refused(data, name, form="xlsx")
    status = files.done(form, lambda: _apply(form, keep_good=True))
    return refused_rows if status == DONE else _not_applied(form, status)


@routes.post("/columns")
@only(REGISTRAR)
def say_columns() -> ResponseReturnValue:
    """Keep which column is which, for this file and the next with such headings; try it again."""
    waiting = files.waiting()
    if waiting is None:
        return redirect(url_for("registry.households"), 303)
    form = ButtonForm()
    if (status := files.done(form, lambda: _say(waiting))) == DONE:
        return redirect(url_for(".shown"), 303)
    again = ApplyRegistryForm(formdata=None)
    again.form_errors = list(form.form_errors)
    return _page(waiting, again), status


@routes.post("/drop")
@only(REGISTRAR)
def drop() -> ResponseReturnValue:
    """Forget the file that was tried."""
    if store(ButtonForm(), lambda session: trials.drop(session, by=me().login)) == DONE:
        flash(_("试过的文件已删除，名册没有改动。"))
    return redirect(url_for("registry.households"), 303)


@routes.get("/refused.<form>")
@only(REGISTRAR)
def refused(form: str) -> ResponseReturnValue:
    """Return the faulty rows of the tried file with their reasons, to send back."""
    kind = files.form_of(form)
    data, name = files.tried(request.args.get("sha256", ""))
    return files.refused(data, name, form=kind)


def _say(waiting: Trial) -> None:
    """Keep what is said of the columns, and compare the file as it is read now."""
    seen = waiting.findings.seen
    choice = choice_in(request.form, layout=LAYOUT, seen=seen)
    data, name = files.tried(waiting.sha256)
    with transaction() as session:
        columns.say(session, choice, fingerprint=seen.fingerprint, by=me().login, now=clock.now())
    files.attempt(data, file=name)


def _apply(form: ApplyRegistryForm, *, keep_good: bool = False) -> None:
    wanted = form.value()
    data, name = files.tried(wanted.sha256)
    stated = files.read(data, file=name)
    try:
        with transaction() as session:
            plan = registry.apply(
                session,
                stated,
                vault=installation().vault,
                by=me().login,
                now=clock.now(),
                confirmed_by=wanted.confirmed_by,
                shown=wanted.digest,
                keep_good=keep_good,
                why=wanted.why,
            )
            trials.drop(session, by=me().login)
    except Conflict:
        files.keep(data, stated)  # what it would do by now is shown, to be looked at again
        raise
    flash(RegistryCounts.of(plan).words())


def _not_applied(form: ApplyRegistryForm, status: int) -> ResponseReturnValue:
    """Show the tried file again, with what was refused."""
    waiting = files.waiting()
    if waiting is None:
        raise Refused("；".join(map(str, form.form_errors)), status=status)
    return _page(waiting, form), status


def _page(waiting: Trial, form: ApplyRegistryForm) -> str:
    found = waiting.findings
    form.sha256.data, form.shown.data = waiting.sha256, found.digest
    form.confirmed_by.flags.required = bool(found.alarm or found.faults)
    return page(
        "registry/registry_trial",
        trial=waiting,
        found=found,
        form=form,
        send=ButtonForm(),
        layout=LAYOUT,
        waiting_twins=_twins(found),
        homes_form=HomesForm(),
        hand_over=HandOverForm(sha256=waiting.sha256),
    )


def _twins(found: Findings) -> list[homes.Listed]:
    with reading() as session:
        return homes.open_groups(session, found.twins)
