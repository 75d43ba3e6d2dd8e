"""The operator: a caller reads the dial code; where it hangs is read back, then connected or written down."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.calls import queries as call_queries
from feedback.calls.forms import JoinForm, LookUpForm
from feedback.calls.operations import connections
from feedback.calls.views.webhooks import gateway_here
from feedback.cases.forms.resident import HelpForm
from feedback.cases.operations import opening
from feedback.cases.operations.opening import NewCase
from feedback.cases.rules.codes import opened_by
from feedback.cases.rules.limits import content
from feedback.contacts.queries import answer as contacts
from feedback.posters.queries import posters
from feedback.roles import OPERATOR
from feedback.scan.views.headlines import headline
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.telephony.voice import NotServed, Placed, VoiceGateway
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, store

routes = Blueprint("switchboard", __name__, url_prefix="/switchboard")
LATELY = timedelta(days=1)


@routes.get("/")
@only(OPERATOR)
def desk() -> ResponseReturnValue:
    """Ask for a dial code, and lead to where it hangs."""
    form = LookUpForm(request.args)
    if "number" not in request.args:
        return _desk(form)
    if form.validate():
        try:
            with reading() as session:
                found = posters.find(session, form.number.data)
            return redirect(url_for("switchboard.poster", code=found.code), 303)
        except NotFound as unknown:
            form.number.errors = [unknown.message]
    return _desk(form), 422


def _desk(form: LookUpForm) -> str:
    with reading() as session:
        missed = call_queries.missed_lately(session, since=clock.now() - LATELY)
        rows = [(call, lookups.area_name(session, call.grid_code)) for call in missed]
    return render_template("feedback/calls/switchboard.html", form=form, missed=rows)


@routes.get("/<code>")
@only(OPERATOR)
def poster(code: str) -> ResponseReturnValue:
    """Show the location to read back, whom to connect, and the form to write down what is said."""
    return _page(code, HelpForm(), JoinForm())


@routes.post("/<code>")
@only(OPERATOR)
def write_down(code: str) -> ResponseReturnValue:
    """Open a case for the caller and lead to the receipt, to be read out."""
    form = HelpForm()
    opened: list[NewCase] = []
    status = store(
        form,
        lambda session: opened.append(
            opening.open_case(
                session,
                form.value(),
                poster=posters.find(session, code),
                once=opened_by(form.once.data, content(form.value(), where=code)),
                source="operator",
                vault=installation().vault,
                now=clock.now(),
            )
        ),
    )
    if status == DONE:
        return redirect(url_for("cases.receipt", receipt=opened[0].receipt), 303)
    return _page(code, form, JoinForm(formdata=None)), status


@routes.post("/<code>/join")
@only(OPERATOR)
def join(code: str) -> ResponseReturnValue:
    """Ring who is on duty, then the caller, and join them: once for each form, however often it is sent."""
    gateway, form = gateway_here(), JoinForm()
    if gateway is None or not gateway.abilities.connects:
        raise Invalid(_("没有配置电话线路：请直接拨打页面上的号码。"))
    if not form.validate():
        return _page(code, HelpForm(formdata=None), form), 422
    here = installation()
    with transaction() as session:
        poster = posters.find(session, code)
        wish = connections.begin(
            session,
            poster,
            once=form.once.data,
            by=current_user.login,
            vault=here.vault,
            now=clock.now(),
        )
    if wish.fresh:
        _connect(gateway, wish, caller=form.number)
    flash(_("正在接通：请来电人等电话。"))
    return redirect(url_for("switchboard.poster", code=code), 303)


def _connect(gateway: VoiceGateway, wish: connections.Wish, *, caller: str) -> None:
    """Place a call outside every transaction, and store what became of it; raise where it wasn't placed."""
    try:
        placed = gateway.connect(
            wish.code, first=wish.number, second=caller, base_url=installation().settings.base_url
        )
    except NotServed:
        placed = Placed.REFUSED
    with transaction() as session:
        connections.note(session, wish.code, placed)
    connections.check(placed)


def _page(code: str, form: HelpForm, joining: JoinForm) -> str:
    gateway = gateway_here()
    now = clock.now()
    with reading() as session:
        poster = posters.find(session, code)
        answer = contacts.answer(session, poster.grid_code, at=now, vault=installation().vault)
        return render_template(
            "feedback/calls/switchboard_poster.html",
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            answer=answer,
            headline=headline(answer, now=now),
            form=form,
            joining=joining if gateway and gateway.abilities.connects else None,
            now=now,
        )
