"""The poster fleet: issue, print, post, retire. No worker's name or number is anywhere near it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.queries import offices
from feedback.models import Poster
from feedback.posters.forms import PosterForm, RetireForm
from feedback.posters.operations import fleet, posters
from feedback.posters.rules import qr, silence
from feedback.roles import POSTER_KEEPER
from feedback.web.forms.fields import unchosen
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Invalid, NotFound
from huying.web.access import only
from huying.web.current import installation, reading, transaction

RECENT = 20
routes = Blueprint("posters", __name__, url_prefix="/posters")


@routes.get("/")
@only(POSTER_KEEPER)
def newest() -> ResponseReturnValue:
    """Show the form for a new poster, and the latest ones."""
    with reading() as session:
        return _newest(session, _poster_form(session))


@routes.post("/")
@only(POSTER_KEEPER)
def issue() -> ResponseReturnValue:
    """Issue a poster with two fresh codes."""
    with reading() as session:
        form = _poster_form(session)
        if not form.validate():
            return _newest(session, form), 422
    with transaction() as session:
        made = posters.issue(
            session,
            grid_code=form.grid.data,
            place=form.place.data.strip(),
            once=form.once.data,
            now=clock.now(),
        )
    return redirect(url_for("posters.one", code=made.code), 303)


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
    now = clock.now()
    with reading() as session:
        poster = posters.find(session, code)
        return render_template(
            "feedback/posters/poster_sheet.html",
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            offices=offices.offices(session, poster.grid_code, vault=installation().vault),
            symbol=Markup(qr.svg(base, poster.code)),  # noqa: S704 - our own matrix
            host=urlsplit(base).netloc,
            warning=qr.check_host(base).warning,
            now=now,
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
    if not form.validate():
        return _one(code, form), 422
    try:
        with transaction() as session:
            new = form.replaced_by.data or None
            posters.retire(session, code, reason=form.reason.data, replaced_by=new, now=clock.now())
        return redirect(url_for("posters.one", code=code), 303)
    except (Invalid, NotFound) as fault:
        form.replaced_by.errors = [fault.message]
    return _one(code, form), 422


def _poster_form(session: Session) -> PosterForm:
    areas = lookups.areas(session)
    grids = lookups.grids_below(areas, current_user.area_code)
    form = PosterForm()
    form.grid.choices = unchosen((grid.code, lookups.full_name(areas, grid)) for grid in grids)
    return form


def _newest(session: Session, form: PosterForm) -> str:
    areas = lookups.areas(session)
    rows = session.scalars(select(Poster).order_by(Poster.id.desc()).limit(RECENT)).all()
    return render_template(
        "feedback/posters/posters.html",
        form=form,
        posters=rows,
        areas=areas,
        now=clock.now(),
        full=lookups.full_name,
    )


def _one(code: str, form: RetireForm) -> str:
    now = clock.now()
    with reading() as session:
        poster = posters.find(session, code)
        return render_template(
            "feedback/posters/poster.html",
            poster=poster,
            area=lookups.area_name(session, poster.grid_code),
            scans=fleet.scans_of(session, poster, since=now - silence.WEEK * silence.WEEKS_COUNTED),
            form=form,
            post=PlainForm(),
            now=now,
        )
