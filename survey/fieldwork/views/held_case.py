"""The case in hand as the pages hold it: under a fence, in one browser tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web.current import reading
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.views import call_script
from survey.models import SampledCase
from survey.web.views import labels
from survey.web.views.pages import me, page

CODING = "coding"
FILLED_IN = ("code", "value", "note", "when")
"""Fields that hold what an interviewer typed."""


class InAnotherTab(Conflict):
    """The case in hand is open in another tab."""


def address(case: HeldCase | SampledCase, *, to: str = "") -> str:
    """Return the address of the case's call, of one of its questions, or of the coding page."""
    # The fence in the address marks the tab: a page made before a take-over leads and posts to a stale one.
    if not to:
        return url_for("interviewer.call", unit=case.unit, fence=case.fence)
    if to == CODING:
        return url_for("coding.choose", unit=case.unit, fence=case.fence)
    return url_for("interview.item", unit=case.unit, fence=case.fence, code=to)


def lead(case: HeldCase | SampledCase, *, to: str = "") -> Response:
    """Lead to a page of the case."""
    return redirect(address(case, to=to), 303)


def next_step(case: HeldCase) -> str:
    """Return what the talk has come to: the first question that is open, else the coding page."""
    if case.state == CODING:
        return CODING
    return case.interview.next_item or CODING


def in_hand(unit: str) -> HeldCase:
    """Return the case if the interviewer holds it; raise NotFound for any other, whoever holds it."""
    with reading() as session:
        case = held_cases.held_case(session, interviewer=me())
    if case is None or case.unit != unit:
        raise NotFound(_("这一户不在您手上。"))
    return case


def in_this_tab(unit: str, *, fence: int) -> HeldCase:
    """Return the case in hand for a page of this tab; raise InAnotherTab where another tab has it."""
    case = in_hand(unit)
    if case.fence != fence:
        raise InAnotherTab(_("这一户在另一个标签页里打开着。"))
    return case


def context(case: HeldCase, *, blanks: Mapping[str, str]) -> dict[str, Any]:
    """Return what every page of the call shows around its own part."""
    dialling = case.state == "held" and case.is_dialled
    return {
        "case": case,
        "state_name": labels.CALL_STATES["dialling" if dialling else case.state],
        "verify": call_script.verify(blanks),
        "address": address,
    }


def guard(routes: Blueprint) -> None:
    """Answer stale pages of these routes: GET leads to the seat, POST gives back what was typed."""

    @routes.errorhandler(InAnotherTab)
    def in_another_tab(_error: InAnotherTab) -> ResponseReturnValue:
        return redirect(url_for("interviewer.desk"), 303)

    @routes.errorhandler(Conflict)
    def stale(error: Conflict) -> ResponseReturnValue:
        typed = [text for name in FILLED_IN for text in request.form.getlist(name) if text.strip()]
        return page("fieldwork/stale", message=error.message, typed="\n".join(typed)), error.status
