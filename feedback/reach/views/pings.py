"""The link by which whoever holds a number says that it finds the one on duty: looking changes nothing."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from feedback.models import Contact
from feedback.reach.forms import PingForm
from feedback.reach.operations import pings
from huying.base import clock
from huying.web.access import anyone
from huying.web.current import reading, transaction

routes = Blueprint("pings", __name__)


@routes.get("/k/<token>")
@anyone
def page(token: str) -> ResponseReturnValue:
    """Ask whether whoever reads this is on duty at the place named."""
    return _page(token, PingForm()), 200


@routes.post("/k/<token>")
@anyone
def answer(token: str) -> ResponseReturnValue:
    """Take the answer; the same page then says what it does."""
    form = PingForm()
    if not form.validate():
        return _page(token, form), 422
    with transaction() as session:
        pings.answer(session, token, on_duty=form.on_duty.data == "yes", now=clock.now())
    return redirect(request.path, 303)


def _page(token: str, form: PingForm) -> str:
    now = clock.now()
    with reading() as session:
        ping = pings.find(session, token, now=now)
        contact = session.get_one(Contact, ping.contact_id)
        return render_template(
            "feedback/reach/ping.html",
            form=form,
            ping=ping,
            place=pings.place_asked_of(session, contact, now=now),
            action=request.path,
        )
