"""How the call ended: the results that are possible now, and what follows from the one chosen."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms import OutcomeForm
from survey.fieldwork.operations import outcomes
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.path import Ending
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.views import call_script, held_case
from survey.letters.queries import receipts
from survey.roles import INTERVIEWER
from survey.web.forms.fields import choices
from survey.web.views import labels
from survey.web.views.pages import me, page

COMPLETE = "complete"

routes = Blueprint("coding", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def choose(unit: str, fence: int) -> ResponseReturnValue:
    """Offer the outcomes that are possible now."""
    case = held_case.in_this_tab(unit, fence=fence)
    return _coding(case, form=_outcome_form(case))


@routes.post("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def finish(unit: str, fence: int) -> ResponseReturnValue:
    """End the call; the case rests or closes as the rules say."""
    form, now = _outcome_form(held_case.in_hand(unit)), clock.now()
    status = store(
        form,
        lambda session: outcomes.finish(session, unit, form.value(), interviewer=me(), fence=fence, now=now),
        passing=(Conflict,),
    )
    if status == DONE:
        _tell_receipt(unit, wanted=form.value().receipt)
        return redirect(url_for("interviewer.desk"), 303)
    return _coding(held_case.in_hand(unit), form=form), status


def _tell_receipt(unit: str, *, wanted: bool) -> None:
    if not wanted:
        return
    with reading() as session:
        code = receipts.of_case(session, unit)
    if code is None:
        flash(_("这份回答没有计入总分，没有回执。"))
    else:
        flash(_("回执号：%(code)s。请慢慢念给对方，只说“计入了”。", code=code))


def _outcome_form(case: HeldCase) -> OutcomeForm:
    form, codes = OutcomeForm(), case.codes
    form.code.choices = choices((code, labels.outcome(code)) for code in codes)
    if len(codes) == 1 and not form.code.data:
        form.code.data = codes[0]
    if not APPOINTED.intersection(codes):
        del form.when
    if COMPLETE not in codes:
        del form.receipt
    return form


def _coding(case: HeldCase, *, form: OutcomeForm) -> str:
    interview = case.interview
    return page(
        "fieldwork/coding",
        **held_case.context(case, blanks=call_script.blanks(case, interviewer=me())),
        form=form,
        end=texts.END if interview.ending is Ending.FINISHED else "",
        previous=interview.item_before("") if interview.answers else None,
    )
