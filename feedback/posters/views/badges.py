"""Who is at the door: anybody checks a badge, and the grid office issues and withdraws them."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.posters.forms import BadgeForm, BadgeLookForm, RetireBadgeForm
from feedback.posters.operations import badges
from feedback.posters.queries import badges as badge_queries
from feedback.roles import GRID_OFFICE
from feedback.web.forms.fields import unchosen
from feedback.web.rules.guesses import DIALLED
from feedback.web.rules.people import LONGEST_SOUGHT, found_only, offered
from feedback.web.views import headers
from feedback.web.views.guessing import look_up
from huying.base import clock
from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.web import languages
from huying.web.access import anyone, only
from huying.web.current import reading
from huying.web.form_handling import DONE, FAULTY, store

routes = Blueprint("badges", __name__)
MOST = 100
"""How many badges the page lists; the others are looked for by name."""


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
                found = look_up(partial(badge_queries.find, session, form.number.data), limit=DIALLED)
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
            badge = look_up(partial(badge_queries.scanned, session, code))
        except NotFound:
            return _answer("unknown", 404)
        found = badge_queries.check(session, badge, now=now)
    if not found.valid:
        return _answer("withdrawn", 410)
    return _answer("on" if found.areas else "off", 200, surname=found.surname, areas=found.areas, now=now)


@routes.get("/badges")
@only(GRID_OFFICE)
def listing() -> ResponseReturnValue:
    """Show the badges of one's own workers and the form for a new one."""
    return _listing(_form())


@routes.post("/badges")
@only(GRID_OFFICE)
def issue() -> ResponseReturnValue:
    """Issue a badge; the worker's earlier one ends."""
    form = _form()
    worker, once = form.worker.data, form.once.data
    status = store(
        form, lambda session: badges.issue(session, worker_code=worker, once=once, now=clock.now())
    )
    return redirect(url_for("badges.listing"), 303) if status == DONE else (_listing(form), FAULTY)


@routes.post("/badges/<code>/retire")
@only(GRID_OFFICE)
def retire(code: str) -> ResponseReturnValue:
    """Withdraw a badge; whoever checks it from now on is warned."""
    form = RetireBadgeForm()
    with reading() as session:
        own = badge_queries.workers(session, top=current_user.area_code)
        if badge_queries.find(session, code).worker_code not in own:
            raise NotFound(_("没有这个编号的工作证。"))
    reason = form.reason.data
    status = store(form, lambda session: badges.retire(session, code, reason=reason, now=clock.now()))
    if status in {DONE, Conflict.status}:  # withdrawn already: that is what was wanted
        return redirect(url_for("badges.listing"), 303)
    return _listing(_form()), FAULTY


def _answer(state: str, status: int, **about: Any) -> ResponseReturnValue:
    page = render_template("feedback/posters/badge.html", state=state, **about)
    response = make_response(page, status)
    response.headers.update(headers.FRESH)
    return response


def _form() -> BadgeForm:
    form = BadgeForm()
    with reading() as session:
        names = badge_queries.workers(session, top=current_user.area_code)
    form.worker.choices = unchosen(offered(names, (), sought=_sought(), chosen={form.worker.data or ""}))
    return form


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST_SOUGHT]


def _listing(form: BadgeForm) -> str:
    with reading() as session:
        names = badge_queries.workers(session, top=current_user.area_code)
        near = found_only(names, _sought())
        issued = badge_queries.of_workers(session, near, most=MOST)
    return render_template(
        "feedback/posters/badges.html",
        form=form,
        rows=[(code, names[code], badge) for code, badge in issued.items()],
        sought=_sought(),
        most=MOST,
        retire_form=RetireBadgeForm(formdata=None),
        now=clock.now(),
    )
