"""The supervisor's board: where the field stands, who is at work; cases are counted, never listed."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Blueprint, Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from survey.fieldwork.queries.board import look
from survey.fieldwork.queries.contradictions import two_ends
from survey.fieldwork.rules.languages import LANGUAGES
from survey.fieldwork.views import board_words
from survey.fieldwork.views.held_case import KEEPS_ALIVE
from survey.roles import SUPERVISOR
from survey.web.views import labels
from survey.web.views.pages import page

routes = Blueprint("supervisor", __name__, url_prefix="/supervisor")

SEATS = re.compile("[1-9][0-9]{0,3}")
SECONDS = 15
"""How often a script looks again."""
EVERY = 30
"""How often a browser does without one, where somebody asks for it."""


@routes.get("/")
@only(SUPERVISOR)
def field() -> ResponseReturnValue:
    """Show the board; `live` has the browser ask again by itself, without a script."""
    again = "live" in request.args
    answer: Response = make_response(_shown("field", again=again))
    answer.headers["Content-Security-Policy"] = KEEPS_ALIVE
    if again:
        answer.headers["Refresh"] = f"{EVERY}; url={url_for('.field', live='y', seats=_planned_seats())}"
    return answer


@routes.get("/board")
@only(SUPERVISOR)
def board() -> ResponseReturnValue:
    """Show what changes on the board, for the page that polls."""
    return _shown("board")


@routes.get("/two-ends")
@only(SUPERVISOR)
def contradictions() -> ResponseReturnValue:
    """Show the calls since yesterday of which carrier and interviewer tell two ends."""
    since = clock.midnight(clock.now()) - timedelta(days=1)
    with reading() as session:
        found = two_ends(session, since=since)
    return page("fieldwork/two_ends", contradictions=found, labels=labels)


def _planned_seats() -> int | None:
    """Return for how many seats the forecast is asked; None for as many as there are today."""
    asked = request.args.get("seats", "")
    return int(asked) if SEATS.fullmatch(asked) else None


def _shown(template: str, *, again: bool = False) -> str:
    now, planned = clock.now(), _planned_seats()
    with reading() as session:
        found = look.board(session, now=now, planned_seats=planned)
        seats = found.seats if found else look.seats(session, now=now)
    return page(
        f"fieldwork/{template}",
        board=found,
        seats=seats,
        now=now,
        labels=labels,
        words=board_words,
        languages=LANGUAGES,
        again=again,
        planned=planned,
        seconds=SECONDS,
        every=EVERY,
    )
