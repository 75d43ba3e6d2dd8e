"""The interviewer: the next case, its call, and nothing else. GET changes nothing, a POST leads on."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm, OnceForm
from survey.fieldwork.forms.desk import CallNoteForm, ResultForm
from survey.fieldwork.operations import calls, claims, seats
from survey.fieldwork.queries import (
    call_backs,
    disputes,
    held_cases,
    last_steps,
    outlooks,
    practice,
    shifts,
)
from survey.fieldwork.queries.board import messages
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.fieldwork.rules.provider_results import ANSWERED
from survey.fieldwork.views import call_pages, held_case, lines, refused_pages
from survey.roles import INTERVIEWER
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("interviewer", __name__, url_prefix="/interview")
held_case.guard(routes)


@routes.get("/")
@only(INTERVIEWER)
def desk() -> ResponseReturnValue:
    """Offer the next case, or say that one is in hand already, open in another tab."""
    now = clock.now()
    with reading() as session:
        case = held_cases.held(session, interviewer=me())
        shown: dict[str, object] = {
            "pause": shifts.running_break(session, me().id),
            "day": shifts.own_day(session, me().id, now=now),
            "appointments": shifts.own_appointments(session, me().id, now=now),
            "practising": practice.running(session, interviewer=me()) is not None,
            "messages": messages.unread(session, me().id),
            "parted": None if case else last_steps.parted(session, interviewer=me(), now=now),
            "call_back": not case and call_backs.is_any_left(session, interviewer=me(), now=now),
            "doubted": len(disputes.to_hear(session, interviewer=me())),
        }
        if "nothing" in request.args and not case:
            shown["outlook"] = outlooks.of(session, interviewer=me(), now=now)
    form = OnceForm(formdata=None)
    button = ButtonForm(formdata=None)
    return page(
        "fieldwork/seat",
        case=case,
        form=form,
        button=button,
        waits=labels.WAITS,
        filters=labels.FILTERS,
        breaks=labels.BREAKS,
        **shown,
    )


@routes.post("/next")
@only(INTERVIEWER)
def next_case() -> ResponseReturnValue:
    """Claim the next case; one that is in hand already is open elsewhere."""
    once, now = OnceForm().once.data or "", clock.now()
    try:
        with transaction() as session:
            case = seats.next_case(session, interviewer=me(), once=once, now=now)
    except Conflict:
        refused_pages.keep("", "next_case")
        return redirect(url_for(".desk"), 303)
    return held_case.lead(case) if case else redirect(url_for(".desk", nothing=1), 303)


@routes.post("/break")
@only(INTERVIEWER)
def pause() -> ResponseReturnValue:
    """Take a break, or go home; with a case in hand, after this case."""
    with transaction() as session:
        seats.ask_for_break(session, interviewer=me(), reason=request.form.get("reason", ""), now=clock.now())
    return redirect((request.form.get("back") == "case" and _in_hand()) or url_for(".desk"), 303)


@routes.post("/back")
@only(INTERVIEWER)
def resume() -> ResponseReturnValue:
    """Come back from a break."""
    with transaction() as session:
        seats.end_break(session, interviewer=me(), now=clock.now())
    return redirect(_in_hand() or url_for(".desk"), 303)


@routes.post("/<unit>/take-over")
@only(INTERVIEWER)
def take_over(unit: str) -> ResponseReturnValue:
    """Go on in this tab: what the other one shows is stale from now on."""
    with transaction() as session:
        case = claims.take_over(session, unit, interviewer=me(), now=clock.now())
    return held_case.lead(case)


@routes.get("/<unit>/<int:fence>")
@only(INTERVIEWER)
def call(unit: str, fence: int) -> ResponseReturnValue:
    """Show the case in hand before somebody answers; later, lead to where the talk stands."""
    if lines.went_on(unit):
        return lines.to_seat()
    case = held_case.in_this_tab(unit, fence=fence)
    if case.state != "held":
        return held_case.lead(case, to=call_pages.next_step(case))
    return _call(case)


@routes.post("/<unit>/<int:fence>/dial")
@only(INTERVIEWER)
def dial(unit: str, fence: int) -> ResponseReturnValue:
    """Log the attempt, then show the number in this answer alone: a later look is a sight of its own.

    A carrier that joins telephones rings it instead, and no page ever holds it.
    """
    if lines.is_bridged(unit):
        return lines.ring(unit, fence)
    with transaction() as session:
        numbers = calls.dial(
            session, unit, interviewer=me(), fence=fence, now=clock.now(), vault=installation().vault
        )
    if not numbers:
        flash(_("这一户没有电话，或早先说过不要再打，已经记录。"))
        return redirect(url_for(".desk"), 303)
    return _call(held_case.in_hand(unit), numbers=numbers)


@routes.post("/<unit>/<int:fence>/not-reached")
@only(INTERVIEWER)
def not_reached(unit: str, fence: int) -> ResponseReturnValue:
    """End an attempt in which nobody was reached; 0 says that somebody was."""
    form, now = ResultForm(), clock.now()
    if form.code.data == call_pages.ANSWERED:
        return reached(unit, fence)
    code = form.of(NOT_REACHED)
    if lines.has_said_first(unit, fence, code):
        return held_case.onward(unit)
    if held_case.is_over(unit, code=code):
        return redirect(url_for(".desk"), 303)
    if lines.went_on(unit):
        return lines.to_seat()
    line = lines.open_line(unit)
    status = store(
        form,
        lambda session: calls.not_reached(session, unit, interviewer=me(), fence=fence, code=code, now=now),
        passing=(Conflict,),
    )
    if status == DONE:
        lines.hang_up(line)
        return held_case.onward(unit)
    return _call(held_case.in_hand(unit), missed=form), status


@routes.post("/<unit>/<int:fence>/reached")
@only(INTERVIEWER)
def reached(unit: str, fence: int) -> ResponseReturnValue:
    """Somebody answered: lead to the first question that is open."""
    if lines.has_said_first(unit, fence, ANSWERED):
        return held_case.onward(unit)
    if lines.went_on(unit):
        return lines.to_seat()
    with transaction() as session:
        calls.reached(session, unit, interviewer=me(), fence=fence, now=clock.now())
    case = held_case.in_hand(unit)
    return held_case.lead(case, to=call_pages.next_step(case))


@routes.post("/<unit>/<int:fence>/nobody")
@only(INTERVIEWER)
def nobody(unit: str, fence: int) -> ResponseReturnValue:
    """Nobody answered after all: lead back to the call. Sent twice it is done once."""
    if held_case.in_hand(unit).state != "held":
        with transaction() as session:
            calls.nobody_after_all(session, unit, interviewer=me(), fence=fence, now=clock.now())
    return held_case.lead(held_case.in_this_tab(unit, fence=fence))


@routes.post("/<unit>/<int:fence>/note")
@only(INTERVIEWER)
def note(unit: str, fence: int) -> ResponseReturnValue:
    """Keep a note for whoever calls this household next, and go on where the talk stands."""
    text, now = CallNoteForm().note.data or "", clock.now()
    if text.strip():
        with transaction() as session:
            seats.note(session, unit, interviewer=me(), fence=fence, text=text, now=now)
    else:
        flash(_("备注还是空的，没有记下。"))
    case = held_case.in_hand(unit)
    return held_case.lead(case, to=request.form.get("to") or call_pages.next_step(case))


@routes.post("/<unit>/<int:fence>/renew")
@only(INTERVIEWER)
def renew(unit: str, fence: int) -> ResponseReturnValue:
    """Keep the case a while longer: the page's heartbeat, or a press where no script runs."""
    with transaction() as session:
        claims.renew(session, unit, interviewer=me(), fence=fence, now=clock.now())
    if "quiet" in request.form:
        return "", 204
    case = held_case.in_hand(unit)
    return held_case.lead(case, to=call_pages.next_step(case))


def _in_hand() -> str:
    """Return where the case in hand stands, "" without one."""
    with reading() as session:
        case = held_cases.held_case(session, interviewer=me())
    return held_case.address(case, to=call_pages.next_step(case)) if case else ""


def _call(case: HeldCase, *, numbers: Sequence[str] = (), missed: ResultForm | None = None) -> str:
    with reading() as session:
        door = held_cases.is_at_door(session, case.unit)
    line = lines.shown(case)
    return call_pages.call(held_case.around(case), numbers=numbers, missed=missed, line=line, door=door)
