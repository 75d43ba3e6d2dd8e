"""The number on a poster, typed instead of scanned; whoever tries many waits."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.posters.queries import posters as poster_queries
from feedback.scan.forms import NumberOnPosterForm
from feedback.web.rules.guesses import DIALLED
from feedback.web.views.guessing import look_up
from huying.base.errors import NotFound
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import reading

routes = Blueprint("dialled", __name__)


@routes.get("/number")
@anyone
def ask() -> ResponseReturnValue:
    """Ask for the number on a poster, and lead to its page."""
    form = NumberOnPosterForm(request.args)
    if "number" not in request.args:
        return _page(form), 200
    if form.validate():
        try:
            with reading() as session:
                find = partial(poster_queries.find, session, form.number.data)
                found = look_up(find, limit=DIALLED)
            return redirect(url_for("scan.scanned", code=found.code, **languages.kept()), 303)  # type: ignore[arg-type]
        except NotFound as unknown:
            form.number.errors = [unknown.message]
    return _page(form), 422


def _page(form: NumberOnPosterForm) -> str:
    return render_template("feedback/scan/number.html", form=form)
