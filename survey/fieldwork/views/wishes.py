"""At every point of a call, and just after it: never call again; and the last thing done taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading, transaction
from huying.web.forms import OnceForm
from survey.fieldwork.operations import dnc, undoing
from survey.fieldwork.operations.undoing import UndoneStep
from survey.fieldwork.queries import held_cases
from survey.fieldwork.views import call_pages, held_case, lines
from survey.roles import INTERVIEWER
from survey.web.views.pages import me

routes = Blueprint("wishes", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.post("/<unit>/<int:fence>/never-again")
@only(INTERVIEWER)
def never_again(unit: str, fence: int) -> ResponseReturnValue:
    """Record that this household wishes no call ever again, and stay where the call stands."""
    once, now = OnceForm().once.data or "", clock.now()
    with transaction() as session:
        dnc.say(session, unit, interviewer=me(), now=now, once=once)
    return _back(unit, fence, to=request.form.get("to", ""))


@routes.post("/<unit>/<int:fence>/undo")
@only(INTERVIEWER)
def undo(unit: str, fence: int) -> ResponseReturnValue:
    """Take back the last thing done; an answer's question is shown again with what now counts."""
    mark, now = request.form.get("mark", ""), clock.now()
    with transaction() as session:
        undone = undoing.undo(session, unit, interviewer=me(), fence=fence, mark=mark, now=now)
    lines.follow_consent(unit)
    flash(_told(undone))
    return _back(unit, fence, to=undone.item or request.form.get("to", ""))


def _told(undone: UndoneStep) -> str:
    if not undone.item:
        return _("已撤回“不要再打”。")
    if not undone.is_former:
        return _("这一题没有更早的回答，请在这里改。")
    return _("已换回这一题原来的回答，请核对，按回车接着走。")


def _back(unit: str, fence: int, *, to: str) -> ResponseReturnValue:
    """Lead to where the call stands; to the seat where it is over, or another tab has it."""
    with reading() as session:
        case = held_cases.held_case(session, interviewer=me())
    if case is None or case.unit != unit or case.fence != fence:
        return redirect(url_for("interviewer.desk"), 303)
    return held_case.lead(case, to=to or call_pages.next_step(case))
