"""The operator: a caller reads the dial code; the place is read back, then connected or written down."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback import contacts
from feedback.forms import HelpForm, LookUpForm
from feedback.models import Poster
from feedback.operations import cases, posters
from feedback.roles import OPERATOR
from feedback.views import reads
from feedback.views.headlines import headline
from huying import clock
from huying.access import only
from huying.errors import NotFound
from huying.web import ground, reading, transaction

routes = Blueprint("switchboard", __name__, url_prefix="/switchboard")


@routes.get("/")
@only(OPERATOR)
def desk() -> ResponseReturnValue:
    """Ask for a dial code, and lead to its place."""
    form = LookUpForm(request.args)
    if "number" not in request.args:
        return render_template("feedback/switchboard.html", form=form)
    if form.validate():
        try:
            with reading() as session:
                found = posters.find(session, form.number.data)
            return redirect(url_for("switchboard.place", code=found.code), 303)
        except NotFound as unknown:
            form.number.errors = [unknown.message]
    return render_template("feedback/switchboard.html", form=form), 422


@routes.get("/<code>")
@only(OPERATOR)
def place(code: str) -> ResponseReturnValue:
    """Show the place to read back, whom to connect, and the form to write down what is said."""
    return _place(code, HelpForm())


@routes.post("/<code>")
@only(OPERATOR)
def write_down(code: str) -> ResponseReturnValue:
    """Open a case for the caller and lead to the receipt, to be read out."""
    form = HelpForm()
    if not form.validate():
        return _place(code, form), 422
    with transaction() as session:
        opened = cases.open_case(
            session,
            poster=posters.find(session, code),
            category=form.category.data,
            text=form.text.data,
            place=form.place.data or "",
            urgency=form.urgency.data,
            contact=form.number,
            once=form.once.data,
            source="operator",
            vault=ground().vault,
            now=clock.now(),
        )
    return redirect(url_for("cases.receipt", receipt=opened.receipt), 303)


def _place(code: str, form: HelpForm) -> str:
    now = clock.now()
    with reading() as session:
        poster: Poster = posters.find(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=ground().vault)
        return render_template(
            "feedback/switchboard_place.html",
            poster=poster,
            area=reads.place(session, poster.grid_code),
            answer=answer,
            headline=headline(answer, now=now),
            form=form,
            now=now,
        )
