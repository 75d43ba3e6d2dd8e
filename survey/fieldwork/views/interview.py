"""The interview: one question a page, each answer saved at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.operations import interviews
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.rules.progress import progress
from survey.fieldwork.views import call_script, held_case, lines
from survey.roles import INTERVIEWER
from survey.web.views.pages import me, page

routes = Blueprint("interview", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def item(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Show one question; lead to where the talk stands if it isn't asked now."""
    case = held_case.in_this_tab(unit, fence=fence)
    if code not in case.interview.items or case.state == "held":
        return held_case.lead(case, to=held_case.next_step(case))
    return _item(case, code, form=ButtonForm(formdata=None))


@routes.post("/<unit>/<int:fence>/<code>")
@only(INTERVIEWER)
def answer(unit: str, fence: int, code: str) -> ResponseReturnValue:
    """Save one answer and lead to the next question. The same answer twice is one answer."""
    if request.form.get("item", code) != code:
        raise Conflict(_("这份回答是别的一题的，没有保存。"))
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
        lines.follow_consent(unit)
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
    asked = interview.form.item(code)
    if asked is None:
        raise NotFound(_("没有这一题。"))
    question = call_script.question(asked, talk=interview, blanks=blanks)
    previous = interview.item_before(code)
    return page(
        "fieldwork/item",
        **held_case.context(case, blanks=blanks),
        form=form,
        question=question,
        typed=request.form.get("code", ""),
        words=request.form.get("value", question.words),
        previous=previous,
        saved=previous if previous in interview.said else None,
        progress=progress(code, interview.answers, form=interview.form),
    )
