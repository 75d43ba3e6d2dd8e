"""Who is at the door: anybody checks a badge, and the grid office issues and withdraws them."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from feedback.contacts.queries.answer import surname
from feedback.duty import queries as duty
from feedback.models import Worker
from feedback.posters.forms import BadgeForm, BadgeLookForm, RetireBadgeForm
from feedback.posters.operations import badges
from feedback.roles import GRID_OFFICE
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.views import headers
from feedback.web.views.guessing import look_up
from huying.base import clock
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.web import languages
from huying.web.access import anyone, only
from huying.web.current import reading, transaction

routes = Blueprint("badges", __name__)


@routes.get("/badge")
@anyone
def ask() -> ResponseReturnValue:
    """Ask for the number on a badge, and lead to what is known of it now."""
    form = BadgeLookForm(request.args)
    if "number" not in request.args:
        return render_template("feedback/posters/badge_ask.html", form=form)
    if form.validate():
        try:
            with reading() as session:
                found = look_up(partial(badges.find, session, form.number.data))
            return redirect(url_for("badges.check", code=found.code, **languages.kept()), 303)  # type: ignore[arg-type]
        except NotFound:
            return _answer("unknown", 404)
    return render_template("feedback/posters/badge_ask.html", form=form), 422


@routes.get("/badge/<code>")
@anyone
def check(code: str) -> ResponseReturnValue:
    """Say whether a badge is valid, whose it is, and whether its holder is on duty now, and where."""
    now = clock.now()
    with reading() as session:
        try:
            badge = look_up(partial(badges.find, session, code))
        except NotFound:
            return _answer("unknown", 404)
        worker = session.get_one(Worker, badge.worker_code)
        if badge.retired_at is not None or not worker.active:
            return _answer("withdrawn", 410)
        held = duty.grids_of(session, worker.code, at=now)
        places = [(lookups.area_name(session, row.grid_code), row.valid_to) for row in held]
    state = "on" if places else "off"
    return _answer(state, 200, surname=surname(worker.name), places=places, now=now)


@routes.get("/badges")
@only(GRID_OFFICE)
def listing() -> ResponseReturnValue:
    """Show the badges of one's own workers and the form for a new one."""
    with reading() as session:
        return _listing(session, _form(session))


@routes.post("/badges")
@only(GRID_OFFICE)
def issue() -> ResponseReturnValue:
    """Issue a badge; the worker's earlier one ends."""
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _listing(session, form), 422
    try:
        with transaction() as session:
            badges.issue(session, worker_code=form.worker.data, once=form.once.data, now=clock.now())
        return redirect(url_for("badges.listing"), 303)
    except Invalid as fault:
        form.form_errors = [fault.message]
    with reading() as session:
        return _listing(session, form), 422


@routes.post("/badges/<code>/retire")
@only(GRID_OFFICE)
def retire(code: str) -> ResponseReturnValue:
    """Withdraw a badge; whoever checks it from now on is warned."""
    form = RetireBadgeForm()
    with reading() as session:
        if badges.find(session, code).worker_code not in _workers(session):
            raise NotFound(_("没有这个编号的工作证。"))
        if not form.validate():
            return _listing(session, _form(session)), 422
    try:
        with transaction() as session:
            badges.retire(session, code, reason=form.reason.data, now=clock.now())
    except Conflict:
        pass  # withdrawn already: that is what was wanted
    return redirect(url_for("badges.listing"), 303)


def _answer(state: str, status: int, **about: Any) -> ResponseReturnValue:
    page = render_template("feedback/posters/badge.html", state=state, **about)
    response = make_response(page, status)
    response.headers.update(headers.FRESH)
    return response


def _workers(session: Session) -> dict[str, str]:
    areas = lookups.areas(session)
    own = {area.code for area in lookups.grids_below(areas, current_user.area_code)}
    return lookups.workers_of(session, own) if current_user.area_code else lookups.workers(session)


def _form(session: Session) -> BadgeForm:
    form = BadgeForm()
    form.worker.choices = unchosen(_workers(session))
    return form


def _listing(session: Session, form: BadgeForm) -> str:
    names = _workers(session)
    found = [(code, name, badges.of_worker(session, code)) for code, name in sorted(names.items())]
    return render_template(
        "feedback/posters/badges.html",
        form=form,
        rows=[row for row in found if row[2]],
        retire_form=RetireBadgeForm(formdata=None),
        now=clock.now(),
    )
