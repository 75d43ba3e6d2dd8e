"""Residents whom no message asked: the operator's list, and what each said."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.notices.forms import AskedForm
from feedback.notices.operations import asking
from feedback.notices.queries import unasked
from feedback.roles import OPERATOR
from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store

routes = Blueprint("unasked", __name__, url_prefix="/unasked")


@routes.get("/")
@only(OPERATOR)
def listing() -> ResponseReturnValue:
    """Show whom to call, the most pressing first."""
    now = clock.now()
    with reading() as session:
        found = unasked.listed(session, sends=installation().settings.sends_messages, now=now)
        return render_template("feedback/notices/unasked.html", found=found, now=now)


@routes.get("/<int:rating_id>")
@only(OPERATOR)
def page(rating_id: int) -> ResponseReturnValue:
    """Show the matter, the number, and what to ask."""
    return _page(rating_id, AskedForm())


@routes.post("/<int:rating_id>")
@only(OPERATOR)
def note(rating_id: int) -> ResponseReturnValue:
    """Store what the resident said."""
    form, sends = AskedForm(), installation().settings.sends_messages
    by = current_user.login
    status = store(
        form,
        lambda session: asking.note(
            session, rating_id, solved=form.solved.data, by=by, sends=sends, now=clock.now()
        ),
    )
    if status == DONE:
        return redirect(url_for("unasked.listing"), 303)
    return _page(rating_id, form), status


def _page(rating_id: int, form: AskedForm) -> str:
    now, here = clock.now(), installation()
    with reading() as session:
        found = unasked.one(session, rating_id, sends=here.settings.sends_messages, now=now)
        number = unasked.number_of(found.case, vault=here.vault)
        return render_template(
            "feedback/notices/unasked_one.html", found=found, number=number, form=form, now=now
        )
