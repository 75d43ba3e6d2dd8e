"""The grid office: who is on duty in each grid now, who will be, and how old the last deposit is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts import operations as contact_numbers
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import checks
from feedback.contacts.queries import numbers as contacts_numbers
from feedback.duty import operations as duty
from feedback.models import Area, DepositRun, Duty
from feedback.roles import GRID_LEADER, GRID_OFFICE
from feedback.roster.forms import LAYERS, DutyForm, PostPhoneForm
from feedback.roster.operations import watch
from feedback.web.forms.fields import options, unchosen
from feedback.web.forms.plain import PlainForm
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("office", __name__, url_prefix="/office")
HOLDER = "0"
LATELY = timedelta(days=30)


@routes.get("/")
@only(GRID_OFFICE, GRID_LEADER)
def desk() -> ResponseReturnValue:
    """Show who answers for each grid now; gaps and unchecked numbers first."""
    now = clock.now()
    with reading() as session:
        areas = lookups.areas(session)
        hours = watch.vacant_hours_by_grid(session, start=now - LATELY, end=now)
        found = [
            _row(session, grid, hours, now=now) for grid in lookups.grids_below(areas, current_user.area_code)
        ]
        deposits = session.scalars(select(DepositRun).order_by(DepositRun.made_at.desc()).limit(6)).all()
        return render_template(
            "feedback/roster/office.html",
            rows=sorted(found, key=lambda row: (row["rank"], row["grid"].code)),
            areas=areas,
            deposits=deposits,
            now=now,
        )


@routes.get("/grids/<code>")
@only(GRID_OFFICE, GRID_LEADER)
def grid(code: str) -> ResponseReturnValue:
    """Show one grid's duty and the form by which somebody is put on duty."""
    with reading() as session:
        return _grid(session, code, form=_duty_form(session, code))


@routes.post("/grids/<code>")
@only(GRID_OFFICE, GRID_LEADER)
def assign(code: str) -> ResponseReturnValue:
    """Put somebody on duty."""
    now = clock.now()
    with reading() as session:
        form = _duty_form(session, code)
        if not form.validate():
            return _grid(session, code, form=form), 422
    try:
        with transaction() as session:
            _assign(session, code, form, now=now)
        return redirect(url_for("office.grid", code=code), 303)
    except (Conflict, Invalid) as fault:
        form.form_errors = [fault.message]
    with reading() as session:
        return _grid(session, code, form=form), 422


@routes.post("/grids/<code>/phone")
@only(GRID_OFFICE)
def phone(code: str) -> ResponseReturnValue:
    """Store the grid's duty phone; it is shown once it has been checked."""
    form = PostPhoneForm()
    with reading() as session:
        _own_grid(session, code)
        if not form.validate():
            return _grid(session, code, form=_duty_form(session, code), phone=form), 422
    with transaction() as session:
        contact_numbers.set_post_phone(session, grid_code=code, number=form.e164, vault=installation().vault)
    return redirect(url_for("office.grid", code=code), 303)


@routes.post("/grids/<code>/duty/<int:duty_id>/close")
@only(GRID_OFFICE)
def close(code: str, duty_id: int) -> ResponseReturnValue:
    """End a duty now; its past stays answerable."""
    now = clock.now()
    with transaction() as session:
        _check_row(session, code, duty_id)
        duty.close(session, duty_id, at=now, by=current_user.login, now=now)
    return redirect(url_for("office.grid", code=code), 303)


@routes.post("/grids/<code>/duty/<int:duty_id>/retract")
@only(GRID_OFFICE)
def retract(code: str, duty_id: int) -> ResponseReturnValue:
    """Take back a duty that was entered by mistake."""
    with transaction() as session:
        _check_row(session, code, duty_id)
        duty.retract(session, duty_id, by=current_user.login, now=clock.now())
    return redirect(url_for("office.grid", code=code), 303)


def _assign(session: Session, code: str, form: DutyForm, *, now: datetime) -> None:
    duty.assign(
        session,
        grid_code=code,
        worker_code=form.worker.data,
        layer=int(form.layer.data),
        valid_from=form.starts(now),
        valid_to=form.ends(),
        reason=form.reason.data or "",
        by=current_user.login,
        now=now,
    )


def _row(session: Session, grid: Area, hours: Mapping[str, float], *, now: datetime) -> dict[str, Any]:
    answer = contacts.answer(session, grid.code, at=now, vault=installation().vault)
    rank = {"vacant": 0, "stale": 1}.get(answer.state, 2)
    return {"grid": grid, "answer": answer, "rank": rank, "vacant": round(hours.get(grid.code, 0.0))}


def _own_grid(session: Session, code: str) -> Area:
    own = lookups.grids_below(lookups.areas(session), current_user.area_code)
    found = next((area for area in own if area.code == code), None)
    if found is None:
        raise NotFound(_("没有这个网格，或不归您管。"))
    return found


def _check_row(session: Session, code: str, duty_id: int) -> None:
    _own_grid(session, code)
    row = session.get(Duty, duty_id)
    if row is None or row.grid_code != code:
        raise NotFound(_("这个网格没有这条值守。"))


def _duty_form(session: Session, code: str) -> DutyForm:
    _own_grid(session, code)
    form = DutyForm()
    form.worker.choices = unchosen(lookups.workers(session, grids=[code]))
    if current_user.role == GRID_LEADER:
        form.layer.choices = options({key: name for key, name in LAYERS.items() if key != HOLDER})
        if form.layer.data == HOLDER:
            raise Forbidden(_("网格长只能安排代班；负责人由网格办安排。"))
    return form


def _grid(session: Session, code: str, *, form: DutyForm, phone: PostPhoneForm | None = None) -> str:
    now = clock.now()
    post = contacts_numbers.of_post(session, code)
    rows = select(Duty).where(Duty.grid_code == code).order_by(Duty.valid_from.desc(), Duty.id.desc())
    return render_template(
        "feedback/roster/office_grid.html",
        grid=_own_grid(session, code),
        place=lookups.area_name(session, code),
        answer=contacts.answer(session, code, at=now, vault=installation().vault),
        rows=session.scalars(rows).all(),
        names=lookups.everybody(session),
        layers=LAYERS,
        form=form,
        phone=phone or PostPhoneForm(formdata=None),
        post_phone=contacts_numbers.number_of(post, vault=installation().vault) if post else None,
        post_state=checks.state_of(post, now=now) if post else None,
        end=PlainForm(),
        now=now,
    )
