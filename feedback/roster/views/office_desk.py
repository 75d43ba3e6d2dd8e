"""The grid office: who is on duty in each grid now, who will be, and how old the last deposit is."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.contacts import operations as contact_numbers
from feedback.duty import queries as duty_queries
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.roster.forms import LAYERS, DutyForm, PostPhoneForm
from feedback.roster.operations import posts
from feedback.roster.queries import grids
from feedback.web.forms.fields import options, unchosen
from feedback.web.queries import lookups
from feedback.web.rules.people import LONGEST_SOUGHT, offered
from huying.base import clock
from huying.base.errors import Forbidden
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from huying.web.forms import ButtonForm

routes = Blueprint("office", __name__, url_prefix="/office")
HOLDER = "0"


@routes.get("/")
@only(GRID_OFFICE, GRID_LEADER)
def desk() -> ResponseReturnValue:
    """Show who answers for each grid now; gaps and unchecked numbers first."""
    now = clock.now()
    with reading() as session:
        return render_template(
            "feedback/roster/office.html",
            communities=grids.now_of_each(
                session, top=current_user.area_code, vault=installation().vault, now=now
            ),
            deposits=grids.latest_deposits(session),
            now=now,
        )


@routes.get("/grids/<code>")
@only(GRID_OFFICE, GRID_LEADER)
def grid(code: str) -> ResponseReturnValue:
    """Show one grid's duty and the form by which somebody is put on duty."""
    return _grid(code, form=_duty_form(code))


@routes.post("/grids/<code>")
@only(GRID_OFFICE, GRID_LEADER)
def assign(code: str) -> ResponseReturnValue:
    """Put somebody on duty."""
    form, now, login = _duty_form(code), clock.now(), current_user.login
    status = store(form, lambda session: posts.assign(session, form.value(code, now=now), by=login, now=now))
    return _back(code) if status == DONE else (_grid(code, form=form), FAULTY)


@routes.post("/grids/<code>/phone")
@only(GRID_OFFICE)
def phone(code: str) -> ResponseReturnValue:
    """Store the grid's duty phone; it is shown once it has been checked."""
    form, duty_form, vault = PostPhoneForm(), _duty_form(code), installation().vault
    status = store(
        form,
        lambda session: contact_numbers.set_post_phone(
            session, grid_code=code, number=form.e164, vault=vault
        ),
    )
    return _back(code) if status == DONE else (_grid(code, form=duty_form, phone=form), FAULTY)


@routes.post("/grids/<code>/duty/<int:duty_id>/close")
@only(GRID_OFFICE)
def close(code: str, duty_id: int) -> ResponseReturnValue:
    """End a duty now; its past stays answerable."""
    now = clock.now()
    with transaction() as session:
        own = grids.own(session, code, top=current_user.area_code)
        row = duty_queries.of_grid(session, duty_id, grid_code=own.code)
        posts.close(session, row, by=current_user.login, now=now)
    return _back(code)


@routes.post("/grids/<code>/duty/<int:duty_id>/retract")
@only(GRID_OFFICE)
def retract(code: str, duty_id: int) -> ResponseReturnValue:
    """Take back a duty that was entered by mistake."""
    with transaction() as session:
        own = grids.own(session, code, top=current_user.area_code)
        row = duty_queries.of_grid(session, duty_id, grid_code=own.code)
        posts.retract(session, row, by=current_user.login, now=clock.now())
    return _back(code)


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST_SOUGHT]


def _back(code: str) -> ResponseReturnValue:
    return redirect(url_for("office.grid", code=code), 303)


def _duty_form(code: str) -> DutyForm:
    with reading() as session:
        grids.own(session, code, top=current_user.area_code)
        workers, near = lookups.workers_near(session, [code]), lookups.workers_of_communities(session, [code])
    form = DutyForm()
    listed = offered(workers, near, sought=_sought(), chosen={form.worker.data or ""})
    form.worker.choices = unchosen(listed)
    if current_user.role == GRID_LEADER:
        form.layer.choices = options({key: name for key, name in LAYERS.items() if key != HOLDER})
        if form.layer.data == HOLDER:
            raise Forbidden(_("网格长只能安排代班；负责人由网格办安排。"))
    return form


def _grid(code: str, *, form: DutyForm, phone: PostPhoneForm | None = None) -> str:
    now = clock.now()
    with reading() as session:
        own = grids.own(session, code, top=current_user.area_code)
        return render_template(
            "feedback/roster/office_grid.html",
            duty=grids.duty_of(session, own, vault=installation().vault, now=now),
            layers=LAYERS,
            sought=_sought(),
            form=form,
            phone=phone or PostPhoneForm(formdata=None),
            end=ButtonForm(),
            now=now,
        )
