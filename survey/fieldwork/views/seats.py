"""The case in hand as the pages hold it: under a fence, in one browser tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from survey.fieldwork.operations import claims, interviews
from survey.fieldwork.views import script
from survey.models import SampledCase
from survey.web.views import labels
from survey.web.views.pages import me, page

CODING = "coding"
TYPED = ("code", "value", "note", "when")
"""Fields that hold what an interviewer typed."""


class Elsewhere(Conflict):
    """The case in hand is open in another tab."""


def address(case: SampledCase, *, to: str = "") -> str:
    """Return the address of the case's call, of one of its questions, or of the coding page."""
    # The fence in the address marks the tab: a page made before a take-over leads and posts to a stale one.
    if not to:
        return url_for("interviewer.call", unit=case.unit, fence=case.fence)
    if to == CODING:
        return url_for("interview.coding", unit=case.unit, fence=case.fence)
    return url_for("interview.item", unit=case.unit, fence=case.fence, code=to)


def lead(case: SampledCase, *, to: str = "") -> Response:
    """Lead to a page of the case."""
    return redirect(address(case, to=to), 303)


def place(session: Session, case: SampledCase) -> str:
    """Return where the talk stands: the first question that is open, else the coding page."""
    if case.state == CODING:
        return CODING
    return interviews.current_item(session, case.unit) or CODING


def in_hand(session: Session, unit: str) -> SampledCase:
    """Return the case if the interviewer holds it; raise NotFound for any other, whoever holds it."""
    case = claims.held(session, interviewer=me(), now=clock.now())
    if case is None or case.unit != unit:
        raise NotFound(_("这一户不在您手上。"))
    return case


def mine(session: Session, unit: str, *, fence: int) -> SampledCase:
    """Return the case in hand for a page of this tab; raise Elsewhere where another tab has it."""
    case = in_hand(session, unit)
    if case.fence != fence:
        raise Elsewhere(_("这一户在另一个标签页里打开着。"))
    return case


def context(session: Session, case: SampledCase, *, said: Mapping[str, str]) -> dict[str, Any]:
    """Return what every page of the call shows around its own part."""
    attempt = claims.attempt_in_hand(session, case)
    dialling = case.state == "held" and attempt.dialled_at is not None
    return {
        "case": case,
        "attempt": attempt,
        "state_name": labels.CALL_STATES["dialling" if dialling else case.state],
        "verify": script.verify(said),
        "address": address,
    }


def guard(routes: Blueprint) -> None:
    """Answer stale pages of these routes: GET leads to the seat, POST gives back what was typed."""

    @routes.errorhandler(Elsewhere)
    def elsewhere(_error: Elsewhere) -> ResponseReturnValue:
        return redirect(url_for("interviewer.desk"), 303)

    @routes.errorhandler(Conflict)
    def stale(error: Conflict) -> ResponseReturnValue:
        typed = [text for name in TYPED for text in request.form.getlist(name) if text.strip()]
        return page("fieldwork/stale", message=error.message, typed="\n".join(typed)), error.status
