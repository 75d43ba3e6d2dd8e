"""The interview: one question a page, each answer saved at once."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.operations import interviews
from survey.fieldwork.views import call_pages, held_case, lines
from survey.roles import INTERVIEWER
from survey.web.views.pages import me

routes = Blueprint("interview", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def item(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Show one question; lead to where the talk stands if it isn't asked now."""
    case = held_case.in_this_tab(unit, fence=fence)
    if code not in case.interview.items or case.state == "held":
        return held_case.lead(case, to=call_pages.next_step(case))
    return call_pages.item(held_case.around(case), code, form=ButtonForm(formdata=None))


@routes.post("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def answer(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Save one answer and lead to the next question. The same answer twice is one answer."""
    if request.form.get("item", code) != code:
        raise Conflict(_("这份回答是别的一题的，没有保存。"))
    form, raw, now = ButtonForm(), call_pages.entered(), clock.now()
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
        lines.follow_consent(unit)
        return held_case.lead(case, to=following[0] or call_pages.CODING)
    return call_pages.item(held_case.around(case), code, form=form), status
