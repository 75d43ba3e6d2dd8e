"""Interviewers call back about a colleague's interview, and are heard about a disputed one of their own."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _, lazy
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.forms.checks import InterviewCheckForm, StatementForm
from survey.fieldwork.operations import call_backs, disputes
from survey.fieldwork.queries import call_backs as queries
from survey.fieldwork.queries import disputes as disputed
from survey.fieldwork.queries import frozen_records
from survey.fieldwork.queries.call_backs import CallBackInHand
from survey.fieldwork.rules.call_backs import ENDINGS
from survey.fieldwork.views import call_back_script as script
from survey.fieldwork.views import call_script, lines
from survey.roles import INTERVIEWER
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("call_backs", __name__, url_prefix="/interview/call-backs")
BRIDGED = lazy("这里由系统拨号，不显示号码：回访要在人工拨打的座席上做，请告诉督导。")


@routes.post("/next")
@only(INTERVIEWER)
def take() -> ResponseReturnValue:
    """Take the next household to be called back; without one, lead to the seat."""
    try:
        with transaction() as session:
            row = call_backs.take(session, interviewer=me(), now=clock.now())
    except Conflict as refusal:
        flash(refusal.message)
        return redirect(url_for("interviewer.desk"), 303)
    if row is None:
        flash(_("现在没有要您回访的户。"))
        return redirect(url_for("interviewer.desk"), 303)
    return redirect(url_for(".call", unit=row.unit), 303)


@routes.get("/<unit>")
@only(INTERVIEWER)
def call(unit: str) -> ResponseReturnValue:
    """Show the call-back in hand."""
    return _page(_in_hand(unit), InterviewCheckForm(formdata=None))


@routes.post("/<unit>/dial")
@only(INTERVIEWER)
def dial(unit: str) -> ResponseReturnValue:
    """Show the number in this answer alone; each sight of it is kept."""
    _in_hand(unit)
    if lines.is_bridged(unit):
        raise Conflict(BRIDGED)
    with transaction() as session:
        numbers = call_backs.dial(
            session, unit, interviewer=me(), now=clock.now(), vault=installation().vault
        )
    if not numbers:
        flash(_("这一户说过不要再打，不回访了，已经记录。"))
        return redirect(url_for("interviewer.desk"), 303)
    return _page(_in_hand(unit), InterviewCheckForm(formdata=None), numbers=numbers)


@routes.post("/<unit>/answer")
@only(INTERVIEWER)
def answer(unit: str) -> ResponseReturnValue:
    """Store what was said; what it means for the interview is shown to nobody here."""
    held, form, now = _in_hand(unit), InterviewCheckForm(), clock.now()
    form.ask([item.code for item in held.facts])
    status = store(
        form,
        lambda session: call_backs.answer(session, unit, form.value(), interviewer=me(), now=now),
        passing=(Conflict,),
    )
    if status != DONE:
        return _page(held, form), status
    flash(_("回访已经记下。"))
    return redirect(url_for("interviewer.desk"), 303)


@routes.post("/<unit>/end")
@only(INTERVIEWER)
def end(unit: str) -> ResponseReturnValue:
    """End a call-back in which nothing was asked."""
    _in_hand(unit)
    with transaction() as session:
        call_backs.end(session, unit, request.form.get("how", ""), interviewer=me(), now=clock.now())
    return redirect(url_for("interviewer.desk"), 303)


@routes.get("/hearing")
@only(INTERVIEWER)
def hearing() -> ResponseReturnValue:
    """Show the interviewer's own interviews that are disputed, to say something to each."""
    return _hearing(StatementForm(formdata=None))


@routes.post("/hearing/<int:number>")
@only(INTERVIEWER)
def say(number: int) -> ResponseReturnValue:
    """Keep what the interviewer says."""
    with reading() as session:
        disputed.check_own(session, number, interviewer=me())
    form, now = StatementForm(), clock.now()
    said = form.said.data or ""
    status = store(
        form,
        lambda session: disputes.hear(session, number, said, interviewer=me(), now=now),
    )
    if status != DONE:
        return _hearing(form), status
    flash(_("您的说明已经记下，决定的人会看到。"))
    return redirect(url_for("interviewer.desk"), 303)


def _in_hand(unit: str) -> CallBackInHand:
    """Return the call-back in hand; raise NotFound for any other, whoever has it."""
    with reading() as session:
        row = queries.held(session, interviewer=me(), now=clock.now())
        if row is None or row.unit != unit:
            raise NotFound(_("这次回访不在您手上。"))
        return queries.in_hand(session, row)


def _page(held: CallBackInHand, form: InterviewCheckForm, *, numbers: tuple[str, ...] = ()) -> str:
    form.ask([item.code for item in held.facts])
    with reading() as session:
        area = frozen_records.area_name(session, held.unit)
    return page(
        "fieldwork/call_back",
        held=held,
        form=form,
        button=ButtonForm(formdata=None),
        numbers=numbers,
        script=script,
        greeting=script.greeting(call_script.spoken_by(me(), area_name=area, respondent="")),
        endings={how: labels.CALL_BACK_ENDINGS[how] for how in ENDINGS},
    )


def _hearing(form: StatementForm) -> str:
    with reading() as session:
        waiting = disputed.to_hear(session, interviewer=me())
    return page("fieldwork/hearing", waiting=waiting, form=form)
