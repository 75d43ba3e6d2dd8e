"""The interview: one question a page, each answer saved at once; at the end, how the call ended."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.forms import OutcomeForm
from survey.fieldwork.operations import interviews, outcomes
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.current import BY_CODE
from survey.fieldwork.questionnaire.path import Ending
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.views import call_script, held_case
from survey.letters.queries import receipts
from survey.roles import INTERVIEWER
from survey.web.forms.fields import choices
from survey.web.views import labels
from survey.web.views.pages import me, page

COMPLETE = "complete"

routes = Blueprint("interview", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def coding(unit: str, fence: int) -> ResponseReturnValue:
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


@routes.get("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def item(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Show one question; lead to where the talk stands if it isn't asked now."""
    case = held_case.in_this_tab(unit, fence=fence)
    if code not in case.interview.items:
        return held_case.lead(case, to=held_case.next_step(case))
    return _item(case, code, form=ButtonForm(formdata=None))


@routes.post("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def answer(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Save one answer and lead to the next question. The same answer twice is one answer."""
    form, raw, now = ButtonForm(), _raw(), clock.now()
    following: list[str | None] = []
    status = store(
        form,
        lambda session: following.append(
            interviews.save_answer(session, unit, interviewer=me(), fence=fence, item=code, raw=raw, now=now)
        ),
        passing=(Conflict, NotFound),
    )
    case = held_case.in_hand(unit)
    if status == DONE:
        return held_case.lead(case, to=following[0] or held_case.CODING)
    return _item(case, code, form=form), status


def _raw() -> str | Sequence[str]:
    """What was entered: ticked boxes and the code box together, else the code box before a chosen option."""
    typed, ticked = request.form.get("code", "").strip(), request.form.getlist("value")
    if request.form.get("several"):
        return [*ticked, typed] if typed else ticked
    return typed or (ticked[0] if ticked else "")


def _item(case: HeldCase, code: str, *, form: ButtonForm) -> str:
    blanks, interview = call_script.blanks(case, interviewer=me()), case.interview
    question = call_script.question(
        BY_CODE[code], blanks=blanks, orders=interview.form.orders, value=interview.answers.get(code)
    )
    previous = interview.item_before(code)
    return page(
        "fieldwork/item",
        **held_case.context(case, blanks=blanks),
        form=form,
        question=question,
        typed=request.form.get("code", ""),
        words=request.form.get("value", question.words),
        previous=previous,
        saved=previous if previous in interview.answers else None,
    )


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
