"""The interview: one question a page, each answer saved at once; at the end, how the call ended."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms import OutcomeForm
from survey.fieldwork.operations import interviews, outcomes
from survey.fieldwork.questionnaire import path, texts
from survey.fieldwork.questionnaire.path import Ending
from survey.fieldwork.questionnaire.v0 import BY_CODE
from survey.fieldwork.rules.attempts import APPOINTED
from survey.fieldwork.views import script, seats
from survey.letters.queries import receipts
from survey.models import SampledCase
from survey.roles import INTERVIEWER
from survey.web.forms.fields import SendForm, choices
from survey.web.views import labels
from survey.web.views.pages import me, page

COMPLETE = "complete"

routes = Blueprint("interview", __name__, url_prefix="/interview")
seats.guard(routes)


@routes.get("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def coding(unit: str, fence: int) -> ResponseReturnValue:
    """Offer the outcomes that are possible now."""
    with reading() as session:
        case = seats.mine(session, unit, fence=fence)
        return _coding(session, case, form=_outcome(session, unit))


@routes.post("/<unit>/<int:fence>/coding")
@only(INTERVIEWER)
def finish(unit: str, fence: int) -> ResponseReturnValue:
    """End the call; the case rests or closes as the rules say."""
    with reading() as session:
        seats.in_hand(session, unit)
        form = _outcome(session, unit)

    def end(session: Session) -> None:
        outcomes.finish(
            session,
            unit,
            interviewer=me(),
            fence=fence,
            code=form.code.data,
            note=form.note.data or "",
            appointment=form.appointment,
            now=clock.now(),
        )

    status = store(form, end, passing=(Conflict,))
    if status == DONE:
        _tell_receipt(unit, asked=bool(form.receipt and form.receipt.data))
        return redirect(url_for("interviewer.desk"), 303)
    with reading() as session:
        return _coding(session, seats.in_hand(session, unit), form=form), status


@routes.get("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def item(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Show one question; lead to where the talk stands if it isn't asked now."""
    with reading() as session:
        case = seats.mine(session, unit, fence=fence)
        if code not in path.path(
            interviews.answers_of(session, unit), form=interviews.form_of(session, unit)
        ):
            return seats.lead(case, to=seats.place(session, case))
        return _item(session, case, code, form=SendForm(formdata=None))


@routes.post("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def answer(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Save one answer and lead to the next question. The same answer twice is one answer."""
    form = SendForm()
    following: list[str | None] = []

    def save(session: Session) -> None:
        following.append(
            interviews.save_answer(
                session, unit, interviewer=me(), fence=fence, item=code, raw=_raw(), now=clock.now()
            )
        )

    status = store(form, save, passing=(Conflict, NotFound))
    with reading() as session:
        case = seats.in_hand(session, unit)
        if status == DONE:
            return seats.lead(case, to=following[0] or seats.CODING)
        return _item(session, case, code, form=form), status


def _raw() -> str | Sequence[str]:
    """What was entered: ticked boxes and the code box together, else the code box before a chosen option."""
    typed, ticked = request.form.get("code", "").strip(), request.form.getlist("value")
    if request.form.get("several"):
        return [*ticked, typed] if typed else ticked
    return typed or (ticked[0] if ticked else "")


def _item(session: Session, case: SampledCase, code: str, *, form: SendForm) -> str:
    said = script.names(session, case, interviewer=me())
    answers, order = interviews.answers_of(session, case.unit), interviews.form_of(session, case.unit)
    previous = path.item_before(code, answers, form=order)
    asked = script.question(BY_CODE[code], said=said, orders=order.orders, value=answers.get(code))
    return page(
        "fieldwork/item",
        **seats.context(session, case, said=said),
        form=form,
        asked=asked,
        typed=request.form.get("code", ""),
        words=request.form.get("value", asked.words),
        previous=previous.code if previous else None,
        saved=previous.code if previous and previous.code in answers else None,
    )


def _tell_receipt(unit: str, *, asked: bool) -> None:
    if not asked:
        return
    with reading() as session:
        code = receipts.of_case(session, unit)
    if code is None:
        flash(_("这份回答没有计入总分，没有回执。"))
    else:
        flash(_("回执号：%(code)s。请慢慢念给对方，只说“计入了”。", code=code))


def _outcome(session: Session, unit: str) -> OutcomeForm:
    form = OutcomeForm()
    codes = outcomes.codes_now(session, unit)
    form.code.choices = choices((code, labels.outcome(code)) for code in codes)
    if len(codes) == 1 and not form.code.data:
        form.code.data = codes[0]
    if not APPOINTED.intersection(codes):
        del form.when
    if COMPLETE not in codes:
        del form.receipt
    return form


def _coding(session: Session, case: SampledCase, *, form: OutcomeForm) -> str:
    said = script.names(session, case, interviewer=me())
    finished = interviews.ending_of(session, case.unit) is Ending.FINISHED
    answers, order = interviews.answers_of(session, case.unit), interviews.form_of(session, case.unit)
    last = path.item_before("", answers, form=order)
    return page(
        "fieldwork/coding",
        **seats.context(session, case, said=said),
        form=form,
        end=texts.END if finished else "",
        previous=last.code if last and answers else None,
    )
