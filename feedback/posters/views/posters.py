"""Posters: issue, print, post, retire. No worker's name or number is anywhere near them."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup

from feedback.contacts.queries import offices
from feedback.models import Poster
from feedback.posters.forms import PosterForm, RetireForm
from feedback.posters.operations import posters
from feedback.posters.queries import inspections
from feedback.posters.queries import posters as poster_queries
from feedback.posters.rules import qr, silence
from feedback.roles import POSTER_KEEPER
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm

RECENT = 20
routes = Blueprint("posters", __name__, url_prefix="/posters")


@routes.get("/")
@only(POSTER_KEEPER)
def newest() -> ResponseReturnValue:
    """Show the form for a new poster, and the latest ones."""
    return _newest(_poster_form())


@routes.post("/")
@only(POSTER_KEEPER)
def issue() -> ResponseReturnValue:
    """Issue a poster with two fresh codes."""
    form, issued = _poster_form(), list[Poster]()
    status = store(
        form,
        lambda session: issued.append(
            posters.issue(
                session,
                grid_code=form.grid.data,
                location=form.place.data,
                once=form.once.data,
                now=clock.now(),
            )
        ),
    )
    if status == DONE:
        return redirect(url_for("posters.one", code=issued[0].code), 303)
    return _newest(form), FAULTY


@routes.get("/<code>")
@only(POSTER_KEEPER)
def one(code: str) -> ResponseReturnValue:
    """Show one poster."""
    return _one(code, RetireForm())


@routes.get("/<code>/sheet")
@only(POSTER_KEEPER)
def sheet(code: str) -> ResponseReturnValue:
    """Show the sheet as it is printed: symbol, dial code, institution's number, genuineness."""
    base = installation().settings.base_url
    with reading() as session:
        poster = poster_queries.find(session, code)
        return render_template(
            "feedback/posters/poster_sheet.html",
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            offices=offices.offices(session, poster.grid_code, vault=installation().vault),
            symbol=Markup(qr.svg(base, poster.code)),  # noqa: S704 - our own matrix
            host=urlsplit(base).netloc,
            warning=qr.check_host(base).warning,
            now=clock.now(),
        )


@routes.post("/<code>/posted")
@only(POSTER_KEEPER)
def posted(code: str) -> ResponseReturnValue:
    """Note that a poster hangs."""
    with transaction() as session:
        posters.mark_posted(session, code, now=clock.now(), by=current_user.login)
    return redirect(url_for("posters.one", code=code), 303)


@routes.post("/<code>/retire")
@only(POSTER_KEEPER)
def retire(code: str) -> ResponseReturnValue:
    """Take a poster out of use; whoever scans it is led on."""
    form = RetireForm()
    reason, successor = form.reason.data, form.replaced_by.data or None
    status = store(
        form,
        lambda session: posters.retire(session, code, reason=reason, replaced_by=successor, now=clock.now()),
    )
    if status == DONE:
        return redirect(url_for("posters.one", code=code), 303)
    return _one(code, form), FAULTY


def _poster_form() -> PosterForm:
    with reading() as session:
        areas = lookups.areas(session)
    grids = lookups.grids_below(areas, current_user.area_code)
    form = PosterForm()
    form.grid.choices = unchosen((grid.code, lookups.full_name(areas, grid)) for grid in grids)
    return form


def _newest(form: PosterForm) -> str:
    with reading() as session:
        return render_template(
            "feedback/posters/posters.html",
            form=form,
            posters=poster_queries.latest(session, most=RECENT),
            areas=lookups.areas(session),
            now=clock.now(),
            full=lookups.full_name,
        )


def _one(code: str, form: RetireForm) -> str:
    now = clock.now()
    with reading() as session:
        poster = poster_queries.find(session, code)
        return render_template(
            "feedback/posters/poster.html",
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            scans=inspections.scans_of(session, poster, since=now - silence.WEEK * silence.WEEKS_COUNTED),
            form=form,
            post=ButtonForm(),
            now=now,
        )
