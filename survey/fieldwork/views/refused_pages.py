"""What an interviewer isn't let into is kept for the auditor, whichever page of this side it was."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_login import current_user

from huying.base import clock
from huying.web.current import transaction
from survey.fieldwork.operations import refusals
from survey.roles import INTERVIEWER
from survey.web.views.pages import me

FORBIDDEN = 403


def keep(unit: str, step: str) -> None:
    """Keep that this interviewer asked for what isn't theirs to do now."""
    with transaction() as session:
        refusals.keep(session, by=me(), unit=unit, step=step, now=clock.now())


def init_app(app: Flask) -> None:
    """Keep the pages of other roles that an interviewer tried."""

    @app.after_request
    def kept(response: Response) -> Response:
        if response.status_code == FORBIDDEN and getattr(current_user, "role", None) == INTERVIEWER:
            keep("", request.endpoint or "")
        return response
