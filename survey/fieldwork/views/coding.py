"""How the call ended, in two steps: who spoke, then which of the results that are possible now."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.desk import OutcomeForm
from survey.fieldwork.operations import outcomes
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.rules.speakers import CodingStep
from survey.fieldwork.views import call_pages, held_case, lines
from survey.letters.queries import receipts
from survey.roles import INTERVIEWER
from survey.waves.queries import opted_out
from survey.web.views.pages import me

COMPLETE, WRONG_NUMBER = "complete", "number_suspect"

routes = Blueprint("coding", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def choose(unit: str, fence: int) -> ResponseReturnValue:
    """Ask who spoke, then offer the outcomes that are possible now."""
    case = held_case.in_this_tab(unit, fence=fence)
    if case.state == "held":
        return held_case.lead(case)
    asked = _step(case)
    return call_pages.coding(
        held_case.around(case), asked, form=call_pages.outcome_form(asked, formdata=False)
    )


@routes.post("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def finish(unit: str, fence: int) -> ResponseReturnValue:
    """End the call; the case rests or closes as the rules say."""
    sent = OutcomeForm()
    if held_case.is_coded(unit, fence=fence, code=sent.named):
        return redirect(url_for("interviewer.desk"), 303)
    case, now = held_case.in_hand(unit), clock.now()
    if _led_on(case, fence, sent.named):
        return held_case.lead(case)
    asked = _step(case)
    form, line = call_pages.outcome_form(asked), lines.open_line(unit)
    outcome = form.outcome(asked.codes or case.codes, speaker=asked.who)
    status = store(
        form,
        lambda session: outcomes.finish(session, unit, outcome, interviewer=me(), fence=fence, now=now),
        passing=(Conflict,),
    )
    if status == DONE:
        lines.hang_up(line)
        _tell_receipt(unit, wanted=outcome.receipt)
        return held_case.onward(unit)
    return call_pages.coding(held_case.around(held_case.in_hand(unit)), asked, form=form), status


def _led_on(case: HeldCase, fence: int, code: str) -> bool:
    """Whether this very result was kept already, and led to the household's next number: it is sent twice."""
    if case.state != "held" or case.fence != fence or code not in {"", WRONG_NUMBER}:
        return False
    with reading() as session:
        return held_cases.has_led_on(session, case.unit, code=WRONG_NUMBER)


def _step(case: HeldCase) -> CodingStep:
    with reading() as session:
        return call_pages.coding_step(case.codes, is_wished=opted_out.has(session, case.unit))


def _tell_receipt(unit: str, *, wanted: bool) -> None:
    if not wanted:
        return
    with reading() as session:
        code = receipts.of_case(session, unit)
    if code is None:
        flash(_("这份回答没有计入总分，没有回执。"))
    else:
        flash(_("回执号：%(code)s。请慢慢念给对方；它只证明回答计入了。", code=code))
