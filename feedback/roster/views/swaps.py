"""Two workers swap: one asks, the other agrees, and from then on every scan reaches who stands in."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.models import Area, Duty, SwapOffer
from feedback.roles import WORKER
from feedback.roster.forms import SwapForm
from feedback.roster.operations import roster
from feedback.web.forms.fields import unchosen
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from feedback.web.views.current_worker import worker_code
from huying.base import clock
from huying.base.errors import Forbidden, Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading, transaction

routes = Blueprint("swaps", __name__, url_prefix="/swaps")


@routes.get("/")
@only(WORKER)
def listing() -> ResponseReturnValue:
    """Show what colleagues ask for, and the form to ask one."""
    now = clock.now()
    with reading() as session:
        return _page(session, _form(session, now=now), now=now)


@routes.post("/")
@only(WORKER)
def offer() -> ResponseReturnValue:
    """Ask a colleague to stand in."""
    now = clock.now()
    with reading() as session:
        form = _form(session, now=now)
        if not form.validate():
            return _page(session, form, now=now), 422
    start, end = form.span
    try:
        with transaction() as session:
            roster.offer_swap(
                session,
                grid_code=form.grid.data,
                from_worker=worker_code(),
                to_worker=form.to.data,
                valid_from=start,
                valid_to=end,
                now=now,
            )
        return redirect(url_for("swaps.listing"), 303)
    except (Forbidden, Invalid) as fault:
        form.form_errors = [fault.message]
    with reading() as session:
        return _page(session, form, now=now), 422


@routes.post("/<int:offer_id>/<word>")
@only(WORKER)
def settle(offer_id: int, word: str) -> ResponseReturnValue:
    """Take the word of who was asked: `yes` or `no`."""
    if word not in {"yes", "no"}:
        raise NotFound(_("没有这个页面。"))
    with transaction() as session:
        roster.settle_swap(
            session, offer_id, worker_code=worker_code(), agreed=word == "yes", now=clock.now()
        )
    return redirect(url_for("swaps.listing"), 303)


def _form(session: Session, *, now: datetime) -> SwapForm:
    held = (
        select(Area.code, Area.name)
        .join(Duty, Duty.grid_code == Area.code)
        .where(Duty.worker_code == worker_code(), Duty.retracted_at.is_(None))
        .where(or_(Duty.valid_to.is_(None), Duty.valid_to > now))
    )
    grids = dict(session.execute(held.distinct().order_by(Area.code)).all())
    others = {
        code: name for code, name in lookups.workers(session, grids=grids).items() if code != worker_code()
    }
    form = SwapForm()
    form.grid.choices, form.to.choices = unchosen(grids), unchosen(others)
    return form


def _page(session: Session, form: SwapForm, *, now: datetime) -> str:
    mine = select(SwapOffer).where(SwapOffer.from_worker == worker_code(), SwapOffer.valid_to > now)
    return render_template(
        "feedback/roster/swaps.html",
        asked=roster.offers_to(session, worker_code(), now=now),
        mine=session.scalars(mine.order_by(SwapOffer.valid_from)).all(),
        areas=lookups.areas(session),
        names=lookups.everybody(session),
        form=form,
        post=PlainForm(),
        now=now,
    )
