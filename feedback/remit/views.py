"""The list of what grid workers can and can't do: kept by the grid office, shown on every scan page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Area
from feedback.remit import operations as powers
from feedback.remit import queries as remit
from feedback.remit import rules as powers_rules
from feedback.remit.forms import PowerForm
from feedback.remit.rules import PowerLine
from feedback.roles import GRID_OFFICE
from feedback.web.forms.fields import options
from feedback.web.forms.plain import PlainForm
from huying.base import clock
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading, transaction

routes = Blueprint("powers", __name__, url_prefix="/powers")


@routes.get("/")
@only(GRID_OFFICE)
def listing() -> ResponseReturnValue:
    """Show the list in force and the form for a new line."""
    with reading() as session:
        return _page(session, _form(session))


@routes.post("/")
@only(GRID_OFFICE)
def add() -> ResponseReturnValue:
    """Add a line, from now on."""
    with reading() as session:
        form = _form(session)
        if not form.validate():
            return _page(session, form), 422
    line = PowerLine(form.kind.data, form.text.data, form.instead.data or "", form.number.data or "")
    try:
        with transaction() as session:
            powers.add(session, line, grid_type=form.grid_type.data or "", now=clock.now())
        return redirect(url_for("powers.listing"), 303)
    except (Conflict, Invalid) as fault:
        form.form_errors = [fault.message]
    with reading() as session:
        return _page(session, form), 422


@routes.post("/<int:power_id>/end")
@only(GRID_OFFICE)
def end(power_id: int) -> ResponseReturnValue:
    """Take a line off the list."""
    with transaction() as session:
        powers.end(session, power_id, now=clock.now())
    return redirect(url_for("powers.listing"), 303)


def _form(session: Session) -> PowerForm:
    kinds = session.scalars(select(Area.grid_type).where(Area.level == "grid").distinct())
    form = PowerForm()
    form.grid_type.choices = options(
        {"": _("所有网格"), **{kind: kind for kind in sorted(filter(None, kinds))}}
    )
    return form


def _page(session: Session, form: PowerForm) -> str:
    listed = remit.listed(session, at=clock.now())
    return render_template(
        "feedback/remit/powers.html", powers=listed, seed=powers_rules.SEED, form=form, post=PlainForm()
    )
