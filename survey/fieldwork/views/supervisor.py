"""The supervisor: where the field stands, who is at work; cases are counted, never listed."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms import HandBackForm
from survey.fieldwork.operations import lapses
from survey.fieldwork.queries import supervision
from survey.fieldwork.queries.contradictions import two_ends
from survey.fieldwork.rules import dispositions
from survey.fieldwork.rules.languages import LANGUAGES
from survey.roles import SUPERVISOR
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("supervisor", __name__, url_prefix="/supervisor")


@routes.get("/")
@only(SUPERVISOR)
def field() -> ResponseReturnValue:
    """Show counts by state and by outcome, and the seats."""
    return _field(HandBackForm(formdata=None))


def _field(form: HandBackForm) -> str:
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    with reading() as session:
        counts = supervision.field_counts(session)
        seats = supervision.seats(session, since=midnight)
        contradictions = two_ends(session, since=midnight - timedelta(days=1))
    return page(
        "fieldwork/field",
        counts=counts,
        groups=dispositions.counts(counts.finals.elements()) if counts else {},
        seats=seats,
        contradictions=contradictions,
        labels=labels,
        languages=LANGUAGES,
        form=form,
    )


@routes.post("/seats/<int:seat>/hand-back")
@only(SUPERVISOR)
def hand_back(seat: int) -> ResponseReturnValue:
    """Take the case in hand from a seat; it waits for somebody else."""
    form = HandBackForm()
    reason, now = form.reason.data, clock.now()
    status = store(
        form, lambda session: lapses.hand_back_from(session, seat, by=me(), reason=reason, now=now)
    )
    if status == DONE:
        return redirect(url_for(".field"), 303)
    return _field(form), status
