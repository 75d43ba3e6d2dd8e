"""The interviewer: the next case, its call, and nothing else. GET changes nothing, a POST leads on."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.forms import OutcomeForm
from survey.fieldwork.operations import calls, claims, queue
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.current import BY_CODE
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.fieldwork.views import call_script, held_case
from survey.roles import INTERVIEWER
from survey.web.forms.fields import choices
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("interviewer", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/")
@only(INTERVIEWER)
def desk() -> ResponseReturnValue:
    """Offer the next case, or say that one is in hand already, open in another tab."""
    with reading() as session:
        case = held_cases.held(session, interviewer=me())
    return page("fieldwork/seat", case=case, form=ButtonForm(), nothing="nothing" in request.args)


@routes.post("/next")
@only(INTERVIEWER)
def next_case() -> ResponseReturnValue:
    """Claim the next case; one that is in hand already is open elsewhere."""
    with transaction() as session:
        if held_cases.held(session, interviewer=me()):
            return redirect(url_for(".desk"), 303)
        case = queue.next_case(session, interviewer=me(), now=clock.now())
    return held_case.lead(case) if case else redirect(url_for(".desk", nothing=1), 303)


@routes.post("/<unit>/take-over")
@only(INTERVIEWER)
def take_over(unit: str) -> ResponseReturnValue:
    """Go on in this tab: what the other one shows is stale from now on."""
    with transaction() as session:
        case = claims.take_over(session, unit, interviewer=me(), now=clock.now())
    return held_case.lead(case)


@routes.get("/<unit>/<int:fence>")
@only(INTERVIEWER)
def call(unit: str, fence: int) -> ResponseReturnValue:
    """Show the case in hand before somebody answers; later, lead to where the talk stands."""
    case = held_case.in_this_tab(unit, fence=fence)
    if case.state != "held":
        return held_case.lead(case, to=held_case.next_step(case))
    return _call(case)


@routes.post("/<unit>/<int:fence>/dial")
@only(INTERVIEWER)
def dial(unit: str, fence: int) -> ResponseReturnValue:
    """Log the attempt, then show the numbers in this answer alone: a later look is a sight of its own."""
    with transaction() as session:
        numbers = calls.dial(
            session, unit, interviewer=me(), fence=fence, now=clock.now(), vault=installation().vault
        )
    if not numbers:
        flash(_("这一户没有电话，或早先说过不要再打，已经记录。"))
        return redirect(url_for(".desk"), 303)
    return _call(held_case.in_hand(unit), numbers=numbers)


@routes.post("/<unit>/<int:fence>/not-reached")
@only(INTERVIEWER)
def not_reached(unit: str, fence: int) -> ResponseReturnValue:
    """End an attempt in which nobody was reached."""
    form = _not_reached_form()
    code, now = form.code.data, clock.now()
    status = store(
        form,
        lambda session: calls.not_reached(session, unit, interviewer=me(), fence=fence, code=code, now=now),
        passing=(Conflict,),
    )
    if status == DONE:
        return redirect(url_for(".desk"), 303)
    return _call(held_case.in_hand(unit), missed=form), status


@routes.post("/<unit>/<int:fence>/reached")
@only(INTERVIEWER)
def reached(unit: str, fence: int) -> ResponseReturnValue:
    """Somebody answered: lead to the first question that is open."""
    with transaction() as session:
        calls.reached(session, unit, interviewer=me(), fence=fence, now=clock.now())
    case = held_case.in_hand(unit)
    return held_case.lead(case, to=held_case.next_step(case))


def _not_reached_form() -> OutcomeForm:
    form = OutcomeForm()
    form.code.choices = choices((code, labels.TEMPORARY[code]) for code in NOT_REACHED)
    return form


def _call(case: HeldCase, *, numbers: Sequence[str] = (), missed: OutcomeForm | None = None) -> str:
    blanks = call_script.blanks(case, interviewer=me())
    return page(
        "fieldwork/call",
        **held_case.context(case, blanks=blanks),
        form=ButtonForm(formdata=None),
        missed=missed or _not_reached_form(),
        numbers=numbers,
        opening=texts.fill(BY_CODE["C1"].text, blanks),
    )
