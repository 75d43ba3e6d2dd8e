"""The resident's word on what was resolved: three questions by a link, and no receipt of the answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.cases.forms.resident import RatingForm
from feedback.cases.operations import ratings
from feedback.cases.queries import cases as case_queries
from huying.base import clock
from huying.web.access import anyone
from huying.web.current import reading
from huying.web.form_handling import DONE, store

routes = Blueprint("ratings", __name__)


@routes.get("/r/<token>")
@anyone
def page(token: str) -> ResponseReturnValue:
    """Ask; looking at the questions changes nothing."""
    return _page(token, RatingForm()), 200


@routes.post("/r/<token>")
@anyone
def answer(token: str) -> ResponseReturnValue:
    """Take the answer; the reply is alike for all."""
    form = RatingForm()
    status = store(form, lambda session: ratings.rate(session, token, form.value(), now=clock.now()))
    return redirect(url_for("ratings.thanks"), 303) if status == DONE else (_page(token, form), status)


@routes.get("/thanks")
@anyone
def thanks() -> ResponseReturnValue:
    """Say that the answer came, never what it was."""
    return render_template("feedback/cases/thanks.html")


def _page(token: str, form: RatingForm) -> str:
    with reading() as session:
        rating = case_queries.rating_of_link(session, token, now=clock.now())
        case = case_queries.one(session, rating.case_id)
    return render_template(
        "feedback/cases/rating.html",
        form=form,
        case=case,
        rating=rating,
        action=request.path,
        now=clock.now(),
    )
