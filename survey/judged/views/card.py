"""A card, opened by the code on a slip: what it says, and a form to appeal. No account, no script."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Gone
from huying.base.i18n import _
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store
from survey.attribution.rules import words as attribution_words
from survey.judged.forms import AppealForm
from survey.judged.operations import appeals, cards
from survey.judged.queries import cards as queries
from survey.judged.rules import appeals as rules
from survey.judged.rules.cards import read_code
from survey.letters.forms import CodeForm
from survey.scores.rules.desk import STANDINGS
from survey.scores.views import plain_language
from survey.scores.views.desk import READ
from survey.web.views.pages import page

routes = Blueprint("card", __name__, url_prefix="/card")


@routes.route("/", methods=["GET", "POST"])
@anyone
def enter() -> ResponseReturnValue:
    """Take the code of a slip and lead to its card."""
    form = CodeForm()
    if request.method == "GET":
        return page("judged/enter", form=form)
    if not form.validate():
        return page("judged/enter", form=form), FAULTY
    try:
        return redirect(url_for(".one", code=read_code(form.code.data)), 303)
    except Gone as refusal:
        form.code.errors = [refusal.message]
        return page("judged/enter", form=form), refusal.status


@routes.get("/<code>")
@anyone
def one(code: str) -> ResponseReturnValue:
    """Show the card that a code opens."""
    return _shown(code, AppealForm(formdata=None))


@routes.route("/<code>/appeal", methods=["GET", "POST"])
@anyone
def appeal(code: str) -> ResponseReturnValue:
    """Take what the card's holder says is wrong; whoever only looks is led to the card."""
    if request.method == "GET":
        return redirect(url_for(".one", code=code), 303)
    form, keys, now = AppealForm(), installation().keys, clock.now()
    status = store(
        form,
        lambda session: appeals.lodge(session, code, form.value(), keys=keys, now=now),
        passing=(Gone,),
    )
    if status != DONE:
        return _shown(code, form, status=status)
    flash(_("收到了。谁来重算、什么时候有结果，写在下面。"))
    return redirect(url_for(".one", code=code), 303)


def _shown(code: str, form: AppealForm, *, status: int = 200) -> Response:
    now = clock.now()
    with reading() as session:
        held = cards.followed(session, code, keys=installation().keys, now=now)
        found = queries.card(session, current_app.extensions[READ], held.label, held.unit, now=now)
    words = {"say": plain_language, "rules": rules, "standings": STANDINGS, "whose": attribution_words}
    notes = plain_language.footnotes([*found.rows, *found.beside])
    answer = make_response(
        page("judged/card", card=found, code=read_code(code), form=form, notes=notes, **words), status
    )
    # Nobody else at the same computer is to find it in the browser's store.
    answer.headers["Cache-Control"] = "no-store"
    return answer
