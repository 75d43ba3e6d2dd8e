"""Practice: the pages and keys of a call, over a household that is invented and enters no wave."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.forms.desk import CallNoteForm, ResultForm
from survey.fieldwork.operations import practice
from survey.fieldwork.queries import practice as calls
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.fieldwork.views import call_pages, call_script
from survey.fieldwork.views.call_pages import CODING, Surroundings, next_step
from survey.roles import INTERVIEWER
from survey.web.views import labels
from survey.web.views.pages import me, page

STEPS = ("dial", "reached", "nobody", "not_reached", "note", "never_again", "undo", "coding", "leave")

routes = Blueprint("practice", __name__, url_prefix="/practice")


@routes.errorhandler(Conflict)
def _stale(error: Conflict) -> ResponseReturnValue:
    return page("fieldwork/stale", message=error.message, typed=""), error.status


@routes.post("/next")
@only(INTERVIEWER)
def begin() -> ResponseReturnValue:
    """Take an invented household, or go on with the one that is practised on."""
    with transaction() as session:
        number = practice.begin(session, interviewer=me(), now=clock.now()).id
    return redirect(url_for(".call", number=number), 303)


@routes.get("/<int:number>")
@only(INTERVIEWER)
def call(number: int) -> ResponseReturnValue:
    """Show the household before anybody answers; later, lead to where the talk stands."""
    around = _around(number)
    return call_pages.call(around) if around.case.state == "held" else _lead(around.case)


@routes.post("/<int:number>/dial")
@only(INTERVIEWER)
def dial(number: int) -> ResponseReturnValue:
    """Show the invented number; nothing rings."""
    with transaction() as session:
        shown = practice.dial(session, number, interviewer=me(), now=clock.now())
    return call_pages.call(_around(number), numbers=(shown,))


@routes.post("/<int:number>/reached")
@only(INTERVIEWER)
def reached(number: int) -> ResponseReturnValue:
    """Begin the talk."""
    with transaction() as session:
        practice.reached(session, number, interviewer=me())
    return _lead(_around(number).case)


@routes.post("/<int:number>/nobody")
@only(INTERVIEWER)
def nobody(number: int) -> ResponseReturnValue:
    """Nobody answered after all."""
    with transaction() as session:
        practice.nobody_after_all(session, number, interviewer=me())
    return _lead(_around(number).case)


@routes.post("/<int:number>/not-reached")
@only(INTERVIEWER)
def not_reached(number: int) -> ResponseReturnValue:
    """End the call as one that nobody answered; 0 says that somebody did."""
    form = ResultForm()
    if form.code.data == call_pages.ANSWERED:
        return reached(number)
    code = form.of(NOT_REACHED)
    status = store(
        form,
        lambda session: practice.not_reached(session, number, interviewer=me(), code=code),
        passing=(Conflict, NotFound),
    )
    return _over(code) if status == DONE else (call_pages.call(_around(number), missed=form), status)


@routes.get("/<int:number>/items/<code>")
@only(INTERVIEWER)
def item(number: int, code: str) -> ResponseReturnValue:
    """Show one question; lead to where the talk stands if it isn't asked now."""
    around = _around(number)
    if code not in around.case.interview.items or around.case.state == "held":
        return _lead(around.case)
    return call_pages.item(around, code, form=ButtonForm(formdata=None))


@routes.post("/<int:number>/items/<code>")
@only(INTERVIEWER)
def answer(number: int, code: str) -> ResponseReturnValue:
    """Keep one answer and lead to the next question."""
    form, raw = ButtonForm(), call_pages.entered()
    following: list[str | None] = []
    status = store(
        form,
        lambda session: following.append(
            practice.save_answer(session, number, interviewer=me(), item=code, raw=raw)
        ),
        passing=(Conflict, NotFound),
    )
    around = _around(number)
    if status == DONE:
        return _lead(around.case, to=following[0] or CODING)
    return call_pages.item(around, code, form=form), status


@routes.get("/<int:number>/coding")
@only(INTERVIEWER)
def coding(number: int) -> ResponseReturnValue:
    """Ask who spoke, then offer the results that are possible now."""
    around = _around(number)
    if around.case.state == "held":
        return _lead(around.case)
    asked = call_pages.coding_step(around.case.codes, is_wished=around.steps.is_wished)
    return call_pages.coding(around, asked, form=call_pages.outcome_form(asked, formdata=False))


@routes.post("/<int:number>/coding")
@only(INTERVIEWER)
def finish(number: int) -> ResponseReturnValue:
    """End the practice call."""
    around, now = _around(number), clock.now()
    asked = call_pages.coding_step(around.case.codes, is_wished=around.steps.is_wished)
    form = call_pages.outcome_form(asked)
    outcome = form.outcome(asked.codes or around.case.codes)
    status = store(
        form,
        lambda session: practice.finish(session, number, outcome, interviewer=me(), now=now),
        passing=(Conflict, NotFound),
    )
    return _over(outcome.code) if status == DONE else (call_pages.coding(around, asked, form=form), status)


@routes.post("/<int:number>/note")
@only(INTERVIEWER)
def note(number: int) -> ResponseReturnValue:
    """Keep a note of this practice alone."""
    text = CallNoteForm().note.data or ""
    with transaction() as session:
        practice.note(session, number, interviewer=me(), text=text)
    return _lead(_around(number).case, to=request.form.get("to", ""))


@routes.post("/<int:number>/never-again")
@only(INTERVIEWER)
def never_again(number: int) -> ResponseReturnValue:
    """Keep that the household would wish no call ever again."""
    with transaction() as session:
        practice.say_never(session, number, interviewer=me())
    return _lead(_around(number).case, to=request.form.get("to", ""))


@routes.post("/<int:number>/undo")
@only(INTERVIEWER)
def undo(number: int) -> ResponseReturnValue:
    """Take back the last thing done."""
    with transaction() as session:
        mark = request.form.get("mark", "")
        found = practice.undo(session, number, interviewer=me(), mark=mark)
    if not found:
        flash(_("已撤回“不要再打”。"))
    return _lead(_around(number).case, to=found or request.form.get("to", ""))


@routes.post("/<int:number>/leave")
@only(INTERVIEWER)
def leave(number: int) -> ResponseReturnValue:
    """End the practice call before it is over."""
    with transaction() as session:
        practice.leave(session, number, interviewer=me())
    return redirect(url_for("interviewer.desk"), 303)


def _around(number: int) -> Surroundings:
    with reading() as session:
        found = calls.of(calls.in_hand(session, number, interviewer=me()))
    home = found.household
    blanks = call_script.spoken_by(me(), area_name=home.area_name, respondent=home.respondent)
    return Surroundings(
        found.case, _address, blanks=blanks, told=found.told, steps=found.steps, practice=home
    )


def _address(case: HeldCase, *, to: str = "", **more: Any) -> str:
    if to in STEPS:
        return url_for(f"practice.{to}", number=case.fence, **more)
    if to:
        return url_for("practice.item", number=case.fence, code=to, **more)
    return url_for("practice.call", number=case.fence)


def _lead(case: HeldCase, *, to: str = "") -> ResponseReturnValue:
    return redirect(_address(case, to=to or next_step(case)), 303)


def _over(code: str) -> ResponseReturnValue:
    flash(
        _("练习结束，这一户会记成“%(outcome)s”。什么也没有进入任何一轮访问。", outcome=labels.outcome(code))
    )
    return redirect(url_for("interviewer.desk"), 303)
