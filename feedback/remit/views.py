"""The list of what grid workers can and can't do: kept by the grid office, shown on every scan page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.remit import operations as powers
from feedback.remit import queries as remit
from feedback.remit import rules as powers_rules
from feedback.remit.forms import PowerForm
from feedback.roles import GRID_OFFICE
from feedback.web.forms.fields import options
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import anyone, only
from huying.web.current import reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm

routes = Blueprint("powers", __name__, url_prefix="/powers")
public_routes = Blueprint("remit", __name__)


@public_routes.get("/remit")
@anyone
def public() -> ResponseReturnValue:
    """Show which department answers for what, to everybody: the list that routes every whistle."""
    with reading() as session:
        return render_template(
            "feedback/remit/remit.html",
            rows=remit.whole(session, at=clock.now()),
            supporting=remit.supporting,
            departments=lookups.departments(session),
            areas=lookups.areas(session),
        )


@routes.get("/")
@only(GRID_OFFICE)
def listing() -> ResponseReturnValue:
    """Show the list in force and the form for a new line."""
    return _page(_form())


@routes.post("/")
@only(GRID_OFFICE)
def add() -> ResponseReturnValue:
    """Add a line, from now on."""
    form = _form()
    status = store(form, lambda session: powers.add(session, form.value(), now=clock.now()))
    return redirect(url_for("powers.listing"), 303) if status == DONE else (_page(form), FAULTY)


@routes.post("/<int:power_id>/end")
@only(GRID_OFFICE)
def end(power_id: int) -> ResponseReturnValue:
    """Take a line off the list."""
    with transaction() as session:
        powers.end(session, power_id, now=clock.now())
    return redirect(url_for("powers.listing"), 303)


def _form() -> PowerForm:
    with reading() as session:
        kinds = remit.kinds_of_grid(session)
    form = PowerForm()
    form.grid_type.choices = options({"": _("所有网格"), **{kind: kind for kind in kinds}})
    return form


def _page(form: PowerForm) -> str:
    with reading() as session:
        listed = remit.listed(session, at=clock.now())
    return render_template(
        "feedback/remit/powers.html", powers=listed, seed=powers_rules.SEED, form=form, post=ButtonForm()
    )
