"""A household rings us: by its full number alone its own case comes to hand, or its wish is recorded."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock, phones
from huying.base.i18n import Lazy, _, lazy
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.desk import CallerForm
from survey.fieldwork.operations import dnc, return_calls
from survey.fieldwork.operations.return_calls import ReturnCall
from survey.fieldwork.operations.seats import TAB
from survey.fieldwork.queries import held_cases
from survey.fieldwork.rules.return_calls import Answered, ReturnCaller
from survey.fieldwork.views import held_case
from survey.roles import INTERVIEWER
from survey.web.views.pages import me, page

HOW = "return call"
SENTENCES: dict[Answered, Lazy] = {
    Answered.UNKNOWN: lazy(
        "现在的访问里没有这个号码。可以这样说：您的号码不在我们这次访问里，可能是别处打的，打扰您了；"
        "不想再接到访问电话的话，我现在就登记。"
    ),
    Answered.SEVERAL: lazy(
        "登记这个号码的不止一户。请问对方住在哪个小区、几号楼，把听到的填在下面；对不上，就请对方说得再细一点。"
    ),
    Answered.BUSY: lazy("同事正在联系这一户。请告诉对方我们很快会打来，谢谢对方来电。"),
    Answered.COLLEAGUE: lazy("这一户在您住或工作的街道，请把电话转给一位同事来接。"),
    Answered.DONE: lazy("这一户的访问已经办完了，不用再问。请谢谢对方来电。"),
    Answered.SILENT: lazy("这一户说过不要再打。请谢谢对方来电；本人要恢复，请交给督导登记。"),
}
"""What is read where no case comes to hand."""

routes = Blueprint("return_call", __name__, url_prefix="/interview/return-call")


@routes.get("/")
@only(INTERVIEWER)
def ask() -> ResponseReturnValue:
    """Ask for the number of whoever rings; with a case in hand, lead to it."""
    with reading() as session:
        held = held_cases.held(session, interviewer=me())
    if held is not None:
        return redirect(url_for("interviewer.desk"), 303)
    return _page(CallerForm(formdata=None))


@routes.post("/")
@only(INTERVIEWER)
def take() -> ResponseReturnValue:
    """Take the case of that number, or say why there is none; sent twice, it leads to the case in hand."""
    form = CallerForm()
    with reading() as session:
        held = held_cases.held(session, interviewer=me())
    if held is not None and held.tab and held.tab == _mark(form):
        return held_case.lead(held)
    if held is not None:
        held_case.keep_refusal()
        return redirect(url_for("interviewer.desk"), 303)
    found: list[ReturnCall] = []
    by, now, vault = me(), clock.now(), installation().vault
    status = store(
        form,
        lambda session: found.append(
            return_calls.take(session, caller_in(form), interviewer=by, now=now, vault=vault, tab=_mark(form))
        ),
    )
    if status != DONE:
        return _page(form), status
    if found[0].case is None:
        return _page(form, answered=found[0].answered)
    return held_case.lead(found[0].case)


@routes.post("/never-again")
@only(INTERVIEWER)
def never_again() -> ResponseReturnValue:
    """Record that the caller wishes no call ever again, whether or not anything is known of the number."""
    form = CallerForm()
    by, now, vault = me(), clock.now(), installation().vault
    status = store(
        form,
        lambda session: dnc.say_by_number(session, caller_in(form), by=by, how=HOW, now=now, vault=vault),
    )
    if status != DONE:
        return _page(form), status
    flash(_("已记下：这个号码以后不会再打。"))
    return redirect(url_for("interviewer.desk"), 303)


def caller_in(form: CallerForm) -> ReturnCaller:
    """Return who rings; raise Invalid where the number isn't one."""
    settings = installation().settings
    number = phones.parse(form.number.data or "", region=settings.region, allowed=settings.allowed_numbers)
    return ReturnCaller(number, form.said.data or "")


def _mark(form: CallerForm) -> str:
    return (form.once.data or "")[:TAB]


def _page(form: CallerForm, *, answered: Answered | None = None) -> str:
    said = SENTENCES[answered] if answered else ""
    return page("fieldwork/return_call", form=form, said=said, several=answered is Answered.SEVERAL)
