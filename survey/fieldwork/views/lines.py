"""The line of a call that a carrier places: rung by one press, told of on the page, hung up at its end."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.telephony.dialler import ProviderEvent
from huying.telephony.voice import Forged
from huying.web.access import anyone, only
from huying.web.current import installation, reading, transaction
from huying.web.signed import as_it_came
from survey.fieldwork.operations import dialling, later_keys, recordings
from survey.fieldwork.operations.dialling import DialDesk
from survey.fieldwork.queries import held_cases, line_states, lines
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.queries.line_states import LineState
from survey.fieldwork.queries.lines import OpenLine
from survey.fieldwork.views import held_case
from survey.fieldwork.views.call_pages import LineShown
from survey.roles import INTERVIEWER
from survey.web.views import labels
from survey.web.views.pages import me

DESK = "dialling"

routes = Blueprint("lines", __name__, url_prefix="/interview")
events = Blueprint("dialler", __name__)
held_case.guard(routes)


def desk_here() -> DialDesk:
    """Return what places the dials of this installation, made once a process."""
    return cast("DialDesk", current_app.extensions[DESK])


def is_bridged(unit: str) -> bool:
    """Whether a carrier joins the telephones of a case, so that no number reaches a page."""
    if not desk_here().dialler.abilities.bridges:
        return False
    with reading() as session:
        return not held_cases.is_at_door(session, unit)


def ring(unit: str, fence: int) -> ResponseReturnValue:
    """Ring the household's next number, and lead to the page that tells of it."""
    begun = dialling.ring(desk_here(), unit, interviewer=me(), fence=fence)
    if begun is None:
        flash(_("这一户没有电话，或早先说过不要再打，已经记录。"))
        return redirect(url_for("interviewer.desk"), 303)
    return held_case.onward(unit)


def state_of(case: HeldCase) -> LineState | None:
    """Return how the line of the call in hand stands; None before it was dialled, or dialled by hand."""
    if not is_bridged(case.unit):
        return None
    with reading() as session:
        return line_states.of_case(session, case.unit)


def said(line: LineState | None) -> str:
    """Return what the page tells of a line."""
    if line is None:
        return str(_("还没有拨出去。"))
    return str(labels.TEMPORARY[line.code] if line.code else labels.LINE_STATES[line.state])


def shown(case: HeldCase) -> LineShown | None:
    """Return the line as the call's page shows it; None where numbers are dialled by hand."""
    if not is_bridged(case.unit):
        return None
    state = state_of(case)
    return LineShown(state, said(state))


def went_on(unit: str) -> bool:
    """Whether the call ended by what the carrier told, while its interviewer still had the page."""
    if not is_bridged(unit):
        return False
    with reading() as session:
        return line_states.ended_by_carrier(session, unit, interviewer=me())


def has_said_first(unit: str, fence: int, said: str) -> bool:
    """Whether the carrier had told this call's end before the interviewer's key, which is kept beside it."""
    if not is_bridged(unit) or not said:
        return False
    with reading() as session:
        first = line_states.ended_first(session, unit, interviewer=me(), fence=fence)
    if first is None:
        return False
    with transaction() as session:
        later_keys.keep(session, unit, interviewer=me(), fence=fence, said=said, now=clock.now())
    flash(_("线路先记下了结果，以那个为准；您按的也留了记录。"))
    return True


def to_seat() -> ResponseReturnValue:
    """Lead to the seat: the carrier said how the call ended."""
    flash(_("线路已经记下结果，这一户放回去了。"))
    return redirect(url_for("interviewer.desk"), 303)


def open_line(unit: str) -> OpenLine | None:
    """Return the line that is to be hung up once the call is coded."""
    if not is_bridged(unit):
        return None
    with reading() as session:
        return lines.open_line(session, unit)


def hang_up(line: OpenLine | None) -> None:
    """Hang up, and end whatever is recorded."""
    dialling.hang_up(desk_here(), line)


def follow_consent(unit: str) -> None:
    """Record, or record no longer, as was just answered."""
    desk = desk_here()
    if desk.dialler.abilities.records:
        recordings.follow_consent(desk.database, desk.dialler, unit, now=desk.now())


@routes.get("/<unit>/<int:fence>/line")
@only(INTERVIEWER)
def line(unit: str, fence: int) -> ResponseReturnValue:
    """Tell a page's script how the line stands, and whether there is another page to show."""
    if went_on(unit):
        return jsonify(said=_("线路已经记下结果。"), moved=True)
    case = held_case.in_this_tab(unit, fence=fence)
    state = state_of(case)
    moved = case.state != "held" or state is None or state.code is not None or state.is_over
    return jsonify(said=said(state), moved=moved)


@events.post("/dialler/<provider>/<what>")
@anyone
def heard(provider: str, what: str) -> ResponseReturnValue:
    """Take events of the carrier that this installation has; forged ones are logged and stored nowhere."""
    desk = desk_here()
    if provider != desk.dialler.name or not desk.dialler.abilities.reports_events:
        raise NotFound(_("没有这个页面。"))
    dialling.hear(desk, _verified(desk, what))
    return "", 204


def _verified(desk: DialDesk, what: str) -> tuple[ProviderEvent, ...]:
    try:
        return desk.dialler.events(as_it_came(installation().settings.base_url), what=what)
    except Forged:
        current_app.logger.warning("forged event refused: %s", request.path)
        raise
