"""What a supervisor told a seat: its interviewer says that they read it."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import transaction
from survey.fieldwork.operations import seat_messages
from survey.roles import INTERVIEWER
from survey.web.views.pages import me

routes = Blueprint("told", __name__, url_prefix="/interview/messages")


@routes.post("/<int:number>/read")
@only(INTERVIEWER)
def confirm(number: int) -> ResponseReturnValue:
    """Keep that a message was read, and lead back to the desk."""
    with transaction() as session:
        seat_messages.confirm(session, number, interviewer=me(), now=clock.now())
    return redirect(url_for("interviewer.desk"), 303)
