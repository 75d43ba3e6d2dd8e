"""The supervisor states of each interviewer where they live or work, what they speak, at which extension."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.desk import TraitsForm
from survey.fieldwork.operations import traits as operations
from survey.fieldwork.queries import traits
from survey.fieldwork.queries.traits import KnownInterviewer
from survey.fieldwork.rules.languages import LANGUAGES
from survey.roles import SUPERVISOR
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("traits", __name__, url_prefix="/supervisor/interviewers")


@routes.get("/")
@only(SUPERVISOR)
def index() -> ResponseReturnValue:
    """Show what is known of everybody, and of one of them (`who`, by code) the form to state it."""
    return _page(None)


@routes.post("/")
@only(SUPERVISOR)
def keep() -> ResponseReturnValue:
    """Store what is stated of one interviewer."""
    form, by, now, code = TraitsForm(), me().login, clock.now(), request.args.get("who", "")
    with reading() as session:
        who, known = traits.one(session, code).account, traits.streets(session)
    status = store(
        form, lambda session: operations.state(session, who, form.stated(known=known), by=by, now=now)
    )
    if status == DONE:
        flash(_("工号 %(code)s 的情况已经记下，从下一户起照此分。", code=code))
        return redirect(url_for(".index"), 303)
    return _page(form), status


def _page(form: TraitsForm | None) -> str:
    code = request.args.get("who", "")
    with reading() as session:
        people, streets = traits.everybody(session), traits.streets(session)
        chosen = traits.one(session, code) if code else None
    if chosen is not None and form is None:
        form = _filled(chosen, streets)
    return page(
        "fieldwork/traits",
        people=people,
        streets=streets,
        chosen=chosen,
        form=form,
        languages=LANGUAGES,
        kinds=labels.TRAITS,
    )


def _filled(chosen: KnownInterviewer, streets: dict[str, str]) -> TraitsForm:
    form = TraitsForm(formdata=None)
    form.streets.data = "\n".join(streets.get(code, code) for code in chosen.streets)
    form.languages.data, form.line.data = list(chosen.languages), chosen.line
    return form
