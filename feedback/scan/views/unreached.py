"""A resident says that a number is wrong or nobody answers: it is checked, and somebody calls back."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.cases.forms.resident import COOKIELESS
from feedback.cases.operations.asking import Asked
from feedback.cases.rules.limits import SENTENCE, TOO_MANY
from feedback.contacts.queries import answer as contacts
from feedback.posters.queries import posters as poster_queries
from feedback.scan import operations as unreached
from feedback.scan.forms import CallBackForm
from feedback.web.queries import lookups
from huying.accounts.sign_in.entering import address
from huying.base import clock
from huying.web import languages
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store

routes = Blueprint("unreached", __name__)


@routes.get("/unreached/<code>")
@anyone
def page(code: str) -> ResponseReturnValue:
    """Offer a call back, and the numbers of institutions meanwhile."""
    return _page(code, CallBackForm(meta=COOKIELESS)), 200


@routes.post("/unreached/<code>")
@anyone
def report(code: str) -> ResponseReturnValue:
    """Doubt the number that is shown, and open a case where a call back is wanted."""
    form = CallBackForm(meta=COOKIELESS)
    done: list[Asked] = []
    status = store(
        form,
        lambda session: done.append(
            unreached.report(
                session,
                code,
                form.value(),
                once=form.once.data,
                address=address(),
                vault=installation().vault,
                now=clock.now(),
            )
        ),
    )
    if status != DONE:
        return _page(code, form), status
    if done[0].held_by is not None:
        form.form_errors.append(SENTENCE)
        return _page(code, form), TOO_MANY
    if done[0].opened is None:
        return redirect(url_for("unreached.noted", code=code, **languages.kept()), 303)  # type: ignore[arg-type]
    return redirect(url_for("cases.receipt", receipt=done[0].opened.receipt), 303)


@routes.get("/unreached/<code>/noted")
@anyone
def noted(code: str) -> ResponseReturnValue:
    """Say that the number is being checked, and whom to call meanwhile."""
    now = clock.now()
    with reading() as session:
        poster = poster_queries.in_use(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
    return render_template("feedback/cases/noted.html", poster=poster, institutions=answer.institutions)


def _page(code: str, form: CallBackForm) -> str:
    now = clock.now()
    with reading() as session:
        poster = poster_queries.in_use(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
        return render_template(
            "feedback/scan/unreached.html",
            form=form,
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            institutions=answer.institutions,
        )
