"""Tables of the city by age, tenure and telephone, as others count it: shown, and another taken in."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.registry.forms import MarginsForm
from survey.registry.operations import margins as operations
from survey.registry.queries import margins as queries
from survey.registry.rules.margins import CATEGORIES, WORDS
from survey.roles import REGISTRAR
from survey.web.views.pages import me, page

routes = Blueprint("margins", __name__, url_prefix="/registry")


@routes.route("/margins", methods=["GET", "POST"])
@only(REGISTRAR)
def tables() -> ResponseReturnValue:
    """Show what others count by age, tenure and telephone; take in another table."""
    form, by = MarginsForm(), me().login
    status = 200
    if request.method == "POST":
        given = {"source": form.source.data or "", "by": by}
        status = store(
            form,
            lambda session: operations.keep(
                session, form.counts.data or "", day=form.on, now=clock.now(), **given
            ),
        )
    if status == DONE:
        flash(_("已记下。冻结一轮时可以选它。"))
        return redirect(url_for(".tables"), 303)
    with reading() as session:
        kept = queries.every(session)
    return page("registry/margins", form=form, tables=kept, categories=CATEGORIES, words=WORDS), status
