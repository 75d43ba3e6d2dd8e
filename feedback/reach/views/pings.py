"""The link by which whoever holds a number says that it finds the one on duty: looking changes nothing."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from feedback.contacts.queries import numbers
from feedback.reach import queries
from feedback.reach.forms import PingForm
from feedback.reach.operations import pings
from huying.base import clock
from huying.web.access import anyone
from huying.web.current import reading
from huying.web.form_handling import DONE, store

routes = Blueprint("pings", __name__)


@routes.get("/k/<token>")
@anyone
def page(token: str) -> ResponseReturnValue:
    """Ask whether whoever reads this is on duty in the area named."""
    return _page(token, PingForm()), 200


@routes.post("/k/<token>")
@anyone
def answer(token: str) -> ResponseReturnValue:
    """Take the answer; the same page then says what it does."""
    form = PingForm()
    on_duty = form.on_duty.data == "yes"
    status = store(form, lambda session: pings.answer(session, token, on_duty=on_duty, now=clock.now()))
    return redirect(request.path, 303) if status == DONE else (_page(token, form), status)


def _page(token: str, form: PingForm) -> str:
    now = clock.now()
    with reading() as session:
        ping = queries.find(session, token, now=now)
        contact = numbers.one(session, ping.contact_id)
        return render_template(
            "feedback/reach/ping.html",
            form=form,
            ping=ping,
            area_name=queries.area_asked_of(session, contact, now=now),
            action=request.path,
        )
