"""The case in hand as the pages hold it: under a fence, in one browser tab."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as Redirect

from huying.base.errors import Conflict, NotFound, Refused
from huying.base.i18n import Words, _
from huying.side.app import CONTENT_SECURITY_POLICY, answer
from huying.web.current import reading
from survey.fieldwork.queries import held_cases, household_notes, last_steps
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.rules.attempts import DOUBTED
from survey.fieldwork.rules.outcome_codes import BY_PERSON, NEVER_AGAIN
from survey.fieldwork.views import call_script, refused_pages
from survey.fieldwork.views.call_pages import CODING, Surroundings
from survey.models import SampledCase
from survey.waves.rules.final_codes import FINAL
from survey.web.views.pages import me, page

ADDRESSES = {"": "interviewer.call", CODING: "coding.choose", "note": "interviewer.note"}
"""Where the parts of a call are found; anything else is one of its questions."""
ADDRESSES |= {step: f"interviewer.{step}" for step in ("dial", "reached", "nobody", "not_reached", "renew")}
ADDRESSES |= {step: f"wishes.{step}" for step in ("never_again", "undo")}
ADDRESSES |= {"line": "lines.line"}
FILLED_IN = ("code", "value", "note", "when")
"""Fields that hold what an interviewer typed."""
STATED = {
    DOUBTED: frozenset(name for name, code in FINAL.items() if code.group == "NE"),
    BY_PERSON: frozenset({NEVER_AGAIN}),
}
"""What an interviewer said where the case keeps another code for it."""
KEEPS_ALIVE = f"{CONTENT_SECURITY_POLICY}; connect-src 'self'"
"""The pages of a call tell the server that somebody still sits there."""


class InAnotherTab(Conflict):
    """The case in hand is open in another tab."""


def address(case: HeldCase | SampledCase, *, to: str = "", **more: Any) -> str:
    """Return the address of the case's call, of one of its steps or questions, or of the coding page."""
    # The fence in the address marks the tab: a page made before a take-over leads and posts to a stale one.
    hand: dict[str, Any] = {"unit": case.unit, "fence": case.fence}
    if to in ADDRESSES:
        return url_for(ADDRESSES[to], **hand, **more)
    return url_for("interview.item", code=to, **hand)


def lead(case: HeldCase | SampledCase, *, to: str = "") -> Redirect:
    """Lead to a page of the case."""
    return redirect(address(case, to=to), 303)


def onward(unit: str) -> Redirect:
    """Lead on after a result: to the household's next number, else to the seat."""
    with reading() as session:
        case = held_cases.held(session, interviewer=me())
    if case is not None and case.unit == unit:
        return lead(case)
    return redirect(url_for("interviewer.desk"), 303)


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


def is_over(unit: str, *, code: str) -> bool:
    """Whether the interviewer ended the last call to this household with that code: it is sent once more."""
    with reading() as session:
        return bool(code) and household_notes.last_code(session, unit, interviewer=me()) == code


def is_coded(unit: str, *, fence: int, code: str) -> bool:
    """Whether the interviewer coded the call of this very page, which is sent again by name or by number."""
    with reading() as session:
        last = household_notes.coded_under(session, unit, interviewer=me(), fence=fence)
    return last is not None and code in {"", last, *STATED.get(last, ())}


def around(case: HeldCase) -> Surroundings:
    """Return what every page of the call shows around its own part."""
    with reading() as session:
        told = household_notes.of_household(session, case.unit, attempt=case.attempt)
        steps = last_steps.of_call(session, held_cases.running_attempt(session, case.unit), by=me())
    blanks = call_script.blanks(case, interviewer=me())
    return Surroundings(case, address, blanks=blanks, told=told, steps=steps)


def guard(routes: Blueprint) -> None:
    """Answer stale pages of these routes: GET leads to the seat, what is refused gives back what was typed.

    What wasn't theirs to do is kept for the auditor.
    """

    @routes.errorhandler(InAnotherTab)
    def in_another_tab(_error: InAnotherTab) -> ResponseReturnValue:
        return redirect(url_for("interviewer.desk"), 303)

    @routes.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        if isinstance(error, Conflict):
            keep_refusal()
        return _gives_back(error.message), error.status

    @routes.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        return _gives_back(_("这一页太旧了，没有保存。请回到访问页，从那里接着做。")), 400

    @routes.errorhandler(NotFound)
    def not_in_hand(error: NotFound) -> ResponseReturnValue:
        if request.method == "GET" and _was_in_hand():
            return redirect(url_for("interviewer.desk"), 303)
        keep_refusal()
        return answer(error.status, error.message)

    @routes.after_request
    def keep_alive(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = KEEPS_ALIVE
        return response


def _gives_back(message: Words) -> str:
    typed = [text for name in FILLED_IN for text in request.form.getlist(name) if text.strip()]
    return page("fieldwork/stale", message=message, typed="\n".join(typed))


def _was_in_hand() -> bool:
    """Whether the page asked for is of a call that this interviewer had: the way back leads there."""
    asked = request.view_args or {}
    with reading() as session:
        return held_cases.was_held(
            session, asked.get("unit", ""), interviewer=me(), fence=asked.get("fence", 0)
        )


def keep_refusal() -> None:
    """Keep that this interviewer asked for what isn't theirs to do now; a page's beat asks for nothing."""
    unit, step = str((request.view_args or {}).get("unit", "")), (request.endpoint or "").rpartition(".")[2]
    if step != "renew" or "quiet" not in request.form:
        refused_pages.keep(unit, step)
