"""The seats before their supervisor: shares beside the limits of chance, one seat, messages, a case taken."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms.desk import HandBackForm, MessageForm
from survey.fieldwork.operations import lapses, seat_messages
from survey.fieldwork.queries.board import messages, seat_records
from survey.fieldwork.rules.board import funnel_plot
from survey.fieldwork.rules.board.seat_work import MEASURES
from survey.fieldwork.views import board_words
from survey.roles import SUPERVISOR
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("seats", __name__, url_prefix="/supervisor/seats")


@routes.get("/")
@only(SUPERVISOR)
def index() -> ResponseReturnValue:
    """Show what the seats' calls came to, by code, and the shares of one measure (`of`) beside its limits."""
    asked = request.args.get("of", "")
    measure = asked if asked in MEASURES else MEASURES[0]
    with reading() as session:
        found = seat_records.every(session, measure=measure, now=clock.now())
    return page(
        "fieldwork/seats",
        records=found.records,
        funnel=found.funnel,
        plot=funnel_plot.plot(found.funnel, codes=found.codes),
        measure=measure,
        words=board_words,
    )


@routes.get("/messages")
@only(SUPERVISOR)
def told() -> ResponseReturnValue:
    """Show what the seats were told and who hasn't read it, and the form to tell all of them something."""
    return _told(MessageForm(formdata=None))


@routes.post("/messages")
@only(SUPERVISOR)
def tell_all() -> ResponseReturnValue:
    """Lay a message at every seat."""
    form, by, now = MessageForm(), me(), clock.now()
    said = form.text.data or ""
    status = store(form, lambda session: seat_messages.send(session, said, to=None, by=by, now=now))
    if status == DONE:
        flash(_("口信已经放到每个座席上。"))
        return redirect(url_for(".told"), 303)
    return _told(form), status


def _told(form: MessageForm) -> str:
    with reading() as session:
        sent = messages.recent(session, now=clock.now())
    return page("fieldwork/messages", sent=sent, form=form)


@routes.get("/<int:seat>")
@only(SUPERVISOR)
def one(seat: int) -> ResponseReturnValue:
    """Show a seat: what it is doing, its day, what it was told."""
    return _one(seat, HandBackForm(formdata=None), MessageForm(formdata=None))


@routes.post("/<int:seat>/message")
@only(SUPERVISOR)
def tell(seat: int) -> ResponseReturnValue:
    """Lay a message at a seat."""
    form, by, now = MessageForm(), me(), clock.now()
    said = form.text.data or ""
    status = store(form, lambda session: seat_messages.send(session, said, to=seat, by=by, now=now))
    if status == DONE:
        flash(_("口信已经放到这个座席上。"))
        return redirect(url_for(".one", seat=seat), 303)
    return _one(seat, HandBackForm(formdata=None), form), status


@routes.post("/<int:seat>/hand-back")
@only(SUPERVISOR)
def hand_back(seat: int) -> ResponseReturnValue:
    """Take the case in hand from a seat; it waits for somebody else."""
    form = HandBackForm()
    reason, now = form.reason.data, clock.now()
    status = store(
        form, lambda session: lapses.hand_back_from(session, seat, by=me(), reason=reason, now=now)
    )
    if status == DONE:
        flash(_("这一户已经收回，会分给别的访问员。"))
        return redirect(url_for(".one", seat=seat), 303)
    return _one(seat, form, MessageForm(formdata=None)), status


def _one(seat: int, form: HandBackForm, message: MessageForm) -> str:
    now = clock.now()
    with reading() as session:
        found = seat_records.one(session, seat, now=now)
        sent = messages.recent(session, now=now, account=found.seat.account)
    return page(
        "fieldwork/one_seat",
        record=found,
        sent=sent,
        form=form,
        message=message,
        faulty=form if form.errors else message,
        now=now,
        labels=labels,
        words=board_words,
    )
