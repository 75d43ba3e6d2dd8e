"""How far the making of a wave's scores is, and a button that stops it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.roles import ASSESSOR
from survey.scores.operations import making
from survey.scores.queries import making as queries
from survey.waves.queries import waves
from survey.web.views.pages import me, page

routes = Blueprint("making", __name__, url_prefix="/scores")

EVERY = 5
"""Seconds after which a browser asks again, where somebody wants it to."""


@routes.get("/<label>/making")
@only(ASSESSOR)
def progress(label: str) -> ResponseReturnValue:
    """Show how far it is, or how it ended; `live` has the browser ask again, without a script."""
    again = "live" in request.args
    shown, is_live = _shown(label, form=ButtonForm(formdata=None), again=again)
    answer: Response = make_response(shown)
    if again and is_live:
        answer.headers["Refresh"] = f"{EVERY}; url={url_for('.progress', label=label, live='y')}"
    return answer


@routes.post("/<label>/making")
@only(ASSESSOR)
def stop(label: str) -> ResponseReturnValue:
    """Stop it: nothing of it is stored."""
    form = ButtonForm()
    status = store(form, lambda session: making.stop(session, label, by=me().login, now=clock.now()))
    if status == DONE:
        return redirect(url_for(".progress", label=label), 303)
    return _shown(label, form=form)[0], status


def _shown(label: str, *, form: ButtonForm, again: bool = False) -> tuple[str, bool]:
    with reading() as session:
        wave = waves.find(session, label)
        last = queries.last(session, label, now=clock.now())
    is_live = last is not None and last.live
    shown = page("scores/making", wave=wave, last=last, form=form, again=again, every=EVERY)
    return shown, is_live
