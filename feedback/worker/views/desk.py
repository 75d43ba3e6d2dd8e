"""The worker's desk: duty, own cases by deadline, and what may be done with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from feedback.cases import queries as case_queries
from feedback.cases.forms.desk import AnswerForm, DeclareForm
from feedback.cases.operations import handling, whistles
from feedback.cases.rules import lifecycle
from feedback.cases.views import case_page
from feedback.contacts.queries import checks, numbers
from feedback.models import Area, Duty, Visit, Worker, WorkerList
from feedback.reach.operations import pings
from feedback.roles import WORKER
from feedback.roster.operations import roster, watch
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.views.current_worker import worker_code
from feedback.worker.forms import ListForm, VisitForm
from feedback.worker.operations import lists, visits
from huying.base import clock
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading, transaction

routes = Blueprint("worker", __name__, url_prefix="/worker")
RECENT = 30
LOOKED_BACK = timedelta(days=90)
"""How far back the duty card counts."""


@routes.get("/")
@only(WORKER)
def desk() -> ResponseReturnValue:
    """Show the duty card and the open cases, the most urgent first."""
    now = clock.now()
    with reading() as session:
        return render_template(
            "feedback/worker/worker.html",
            worker=session.get_one(Worker, worker_code()),
            duties=_duties(session, now=now),
            reach=_reach(session, now=now),
            offers=len(roster.offers_to(session, worker_code(), now=now)),
            cases=case_queries.of_worker(session, worker_code()),
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            now=now,
        )


@routes.get("/cases/<int:case_id>")
@only(WORKER)
def case(case_id: int) -> ResponseReturnValue:
    """Show one of the worker's own cases, and what may be done with it now."""
    return _case(case_id)


@routes.post("/cases/<int:case_id>/answer")
@only(WORKER)
def answer(case_id: int) -> ResponseReturnValue:
    """Take the case up."""
    form = AnswerForm()
    if not form.validate():
        return _case(case_id, answer=form), 422
    with transaction() as session:
        note = form.message.data or ""
        handling.answer_case(session, case_id, worker_code=worker_code(), note=note, now=clock.now())
    return _back(case_id)


@routes.post("/cases/<int:case_id>/whistle")
@only(WORKER)
def whistle(case_id: int) -> ResponseReturnValue:
    """Call a department; from this second the clock is theirs."""
    with reading() as session:
        form = case_page.whistle_form(session)
    if not form.validate():
        return _case(case_id, whistle=form), 422
    with transaction() as session:
        whistles.sound(
            session,
            case_id,
            department_code=form.department.data,
            request=form.request.data,
            worker_code=worker_code(),
            now=clock.now(),
        )
    return _back(case_id)


@routes.post("/cases/<int:case_id>/declare")
@only(WORKER)
def declare(case_id: int) -> ResponseReturnValue:
    """Report the case as solved; the resident is asked whether it is."""
    form = DeclareForm()
    if not form.validate():
        return _case(case_id, declare=form), 422
    with transaction() as session:
        case_queries.one(session, case_id, worker_code=worker_code())
        handling.declare(
            session, case_id, actor="worker", note=form.note.data, now=clock.now(), vault=installation().vault
        )
    return _back(case_id)


@routes.route("/list", methods=["GET", "POST"])
@only(WORKER)
def hand_in() -> ResponseReturnValue:
    """Take a list of respondents; it goes sealed to the independent side and is shown to nobody here."""
    form = ListForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                lists.hand_in(
                    session,
                    worker_code=worker_code(),
                    rows=form.households,
                    once=form.once.data,
                    vault=installation().vault,
                    now=clock.now(),
                )
            return redirect(url_for("worker.hand_in"), 303)
        except Invalid as fault:
            form.rows.errors = [fault.message]
    with reading() as session:
        own = select(WorkerList).where(WorkerList.worker_code == worker_code()).order_by(WorkerList.id.desc())
        page = render_template(
            "feedback/worker/worker_list.html", form=form, lists=session.scalars(own).all()
        )
    return page, 422 if form.errors else 200


@routes.route("/visits", methods=["GET", "POST"])
@only(WORKER)
def claim_visit() -> ResponseReturnValue:
    """Take a claim of a visit; the independent side asks some of the visited, drawn at random."""
    with reading() as session:
        form = _visit_form(session)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                _claim(session, form)
            return redirect(url_for("worker.claim_visit"), 303)
        except (Conflict, Invalid) as fault:
            form.form_errors = [fault.message]
    with reading() as session:
        own = (
            select(Visit, Area)
            .join(Area, Area.code == Visit.grid_code)
            .where(Visit.worker_code == worker_code())
        )
        recent = session.execute(own.order_by(Visit.visited_at.desc(), Visit.id.desc()).limit(RECENT)).all()
        page = render_template("feedback/worker/worker_visits.html", form=form, visits=recent)
    return page, 422 if form.errors else 200


def _visit_form(session: Session) -> VisitForm:
    held = (
        select(Area.code, Area.name)
        .join(Duty, Duty.grid_code == Area.code)
        .where(Duty.worker_code == worker_code(), Duty.retracted_at.is_(None))
    )
    form = VisitForm()
    form.grid.choices = unchosen(dict(session.execute(held.distinct().order_by(Area.code)).all()))
    return form


def _claim(session: Session, form: VisitForm) -> None:
    visits.claim(
        session,
        worker_code=worker_code(),
        grid_code=form.grid.data,
        visited_at=form.at,
        number=form.number,
        address=form.address.data or "",
        once=form.once.data,
        vault=installation().vault,
        now=clock.now(),
    )


def _back(case_id: int) -> ResponseReturnValue:
    return redirect(url_for("worker.case", case_id=case_id), 303)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a worker could be reached: numbers and their state, questions let pass, the unit's vacant hours."""

    numbers: tuple[tuple[str, str, datetime | None], ...]
    let_pass: int
    vacant_hours: float


def _reach(session: Session, *, now: datetime) -> Reach:
    since = now - LOOKED_BACK
    own = numbers.of_worker(session, worker_code())
    grids = {duty_row.grid_code for duty_row, _area in _duties(session, now=now)}
    return Reach(
        tuple(
            (
                numbers.number_of(each, vault=installation().vault),
                checks.state_of(each, now=now),
                checks.until_of(each),
            )
            for each in own
        ),
        pings.let_pass(session, worker_code(), since=since, now=now),
        sum(watch.vacant_hours(session, grid, start=since, end=now) for grid in grids),
    )


def _duties(session: Session, *, now: datetime) -> list[tuple[Duty, Area]]:
    """Return the worker's duty that is live now or begins later."""
    query = (
        select(Duty, Area)
        .join(Area, Area.code == Duty.grid_code)
        .where(Duty.worker_code == worker_code(), Duty.retracted_at.is_(None))
        .where(or_(Duty.valid_to.is_(None), Duty.valid_to > now))
        .order_by(Duty.valid_from)
    )
    return [(duty, area) for duty, area in session.execute(query)]


def _case(case_id: int, **forms: Any) -> str:
    with reading() as session:
        found = case_queries.one(session, case_id, worker_code=worker_code())
        may = lifecycle.allowed(found.state, actor="worker", holder=found.holder)
        return case_page.page(session, found, may=may, back=_("我的事项"), **forms)
