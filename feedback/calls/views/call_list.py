"""Whom operators call, why and by when; and the resident's word, on any call or at the counter."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.calls.forms import SpokenWordForm
from feedback.cases.forms.resident import TrackForm
from feedback.cases.operations import call_backs
from feedback.cases.queries import call_backs as waiting_calls
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries.call_backs import WaitingCall
from feedback.cases.rules.call_backs import MOST_TRIES, WORD
from feedback.cases.views.case_page import contact
from feedback.notices.operations import asking
from feedback.notices.queries import unasked
from feedback.roles import OPERATOR
from feedback.web.queries import lookups
from feedback.web.views.guessing import look_up
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm

routes = Blueprint("call_list", __name__, url_prefix="/calling")
ONE = "/<any(asked, prove, contested, word):why>/<int:case_id>"


@routes.get("/")
@only(OPERATOR)
def listing() -> ResponseReturnValue:
    """Show whom to call, whose deadline comes first in front, and ask for the receipt of who calls in."""
    return _listing(TrackForm(formdata=None))


@routes.post("/receipt")
@only(OPERATOR)
def by_receipt() -> ResponseReturnValue:
    """Lead to the word of whoever reads out a receipt."""
    form = TrackForm()
    status = store(form, lambda session: _of_receipt(session, form.code))
    if status == DONE:
        return redirect(url_for("call_list.spoken", receipt=form.code), 303)
    return _listing(form), status


@routes.get("/receipt/<receipt>")
@only(OPERATOR)
def spoken(receipt: str) -> ResponseReturnValue:
    """Show the form for the word of whoever read out this receipt; nothing that was said before."""
    return _spoken(receipt, SpokenWordForm(formdata=None))


@routes.post("/receipt/<receipt>")
@only(OPERATOR)
def hear(receipt: str) -> ResponseReturnValue:
    """Store that word: labelled, changeable for a day, and shown to nobody."""
    form, by = SpokenWordForm(), current_user.login
    status = store(
        form,
        lambda session: asking.hear(
            session, _of_receipt(session, receipt).id, form.value(), by=by, now=clock.now()
        ),
    )
    return _noted() if status == DONE else (_spoken(receipt, form), status)


@routes.get(ONE)
@only(OPERATOR)
def call(why: str, case_id: int) -> ResponseReturnValue:
    """Show one call; the number only to who took it."""
    return _page(why, case_id, SpokenWordForm(formdata=None))


@routes.post(f"{ONE}/take")
@only(OPERATOR)
def take(why: str, case_id: int) -> ResponseReturnValue:
    """Take a call: until it is done, or two hours are over, it is one's own."""
    return _do(why, case_id, ButtonForm(), partial(call_backs.take, by=current_user.login), stays=True)


@routes.post(f"{ONE}/missed")
@only(OPERATOR)
def missed(why: str, case_id: int) -> ResponseReturnValue:
    """Note that nobody answered."""
    return _do(why, case_id, ButtonForm(), partial(call_backs.missed, by=current_user.login))


@routes.post(f"{ONE}/done")
@only(OPERATOR)
def done(why: str, case_id: int) -> ResponseReturnValue:
    """Note that the resident was reached; asked whether it is done, what the resident said."""
    by, here = current_user.login, installation()
    if why != WORD:
        return _do(why, case_id, ButtonForm(), partial(call_backs.reached, by=by, vault=here.vault))
    form, sends = SpokenWordForm(), here.settings.sends_messages

    def note(session: Any, found: int, _why: str, *, now: Any) -> None:
        said = form.value()
        asked = unasked.of_case(session, found, sends=sends, now=now).rating.id
        asking.answered(session, asked, said, by=by, sends=sends, now=now)

    return _do(why, case_id, form, note)


def _do(why: str, case_id: int, form: Any, operation: Any, *, stays: bool = False) -> ResponseReturnValue:
    def change(session: Any) -> None:
        _one(session, why, case_id)
        operation(session, case_id, why, now=clock.now())

    status = store(form, change)
    if status != DONE:
        return _page(why, case_id, form), status
    if stays:
        return redirect(url_for("call_list.call", why=why, case_id=case_id), 303)
    return _noted()


def _noted() -> ResponseReturnValue:
    flash(_("记下了。"))
    return redirect(url_for("call_list.listing"), 303)


def _one(session: Any, why: str, case_id: int) -> WaitingCall:
    if why == WORD:
        sends = installation().settings.sends_messages
        return unasked.of_case(session, case_id, sends=sends, now=clock.now())
    return waiting_calls.one(session, case_id, why)


def _of_receipt(session: Any, receipt: str) -> Any:
    return look_up(partial(case_queries.by_receipt, session, receipt, vault=installation().vault))


def _listing(form: TrackForm) -> str:
    now, sends = clock.now(), installation().settings.sends_messages
    with reading() as session:
        found = [*waiting_calls.waiting(session), *unasked.listed(session, sends=sends, now=now)]
        return render_template(
            "feedback/calls/call_list.html",
            found=sorted(found, key=lambda each: (each.due, each.case.id)),
            areas=lookups.areas(session),
            form=form,
            now=now,
        )


def _page(why: str, case_id: int, form: Any) -> str:
    now = clock.now()
    with reading() as session:
        found = _one(session, why, case_id)
        mine = found.held_by(now=now) == current_user.login
        return render_template(
            "feedback/calls/call.html",
            found=found,
            area=lookups.area_name(session, found.case.grid_code),
            number=contact(found.case) if mine else None,
            form=form if "solved" in form else SpokenWordForm(formdata=None),
            faulty=form,
            plain=ButtonForm(formdata=None),
            left=MOST_TRIES - found.tries,
            now=now,
        )


def _spoken(receipt: str, form: SpokenWordForm) -> str:
    with reading() as session:
        case = _of_receipt(session, receipt)
        area = lookups.area_name(session, case.grid_code)
        return render_template(
            "feedback/calls/spoken.html", case=case, area=area, receipt=receipt, form=form, now=clock.now()
        )
