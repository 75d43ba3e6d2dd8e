"""The worker's desk: what is to be done next, what may be done with it, and one's own duty."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.views import case_page, current_desk, moves
from feedback.cases.views.search import blank
from feedback.duty import queries as duty
from feedback.roles import WORKER
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.views.current_worker import worker_code
from feedback.web.views.paging import page_asked
from feedback.worker.forms import ListForm, VisitForm
from feedback.worker.operations import lists, visits
from feedback.worker.queries import duty_card
from feedback.worker.queries import lists as list_queries
from feedback.worker.queries import visits as visit_queries
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, FAULTY, store

RECENT = 30
routes = Blueprint("worker", __name__, url_prefix="/worker")


@routes.get("/")
@only(WORKER)
def desk() -> ResponseReturnValue:
    """Show what is to be done, the most urgent first; then what waits for others, duty and numbers."""
    now, own = clock.now(), current_desk.desk()
    with reading() as session:
        cases, waiting = desks.to_do(session, own, page=page_asked()), desks.waiting(session, own)
        return render_template(
            "feedback/worker/worker.html",
            card=duty_card.of_worker(session, worker_code(), vault=installation().vault, now=now),
            cases=cases,
            waiting=waiting,
            links=current_desk.links([*cases.rows, *waiting.rows]),
            search=blank(),
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            now=now,
        )


@routes.get("/cases/<int:case_id>")
@only(WORKER)
def case(case_id: int) -> ResponseReturnValue:
    """Show one of the worker's own cases, and what may be done with it now."""
    return _case(case_id)


@routes.route("/list", methods=["GET", "POST"])
@only(WORKER)
def hand_in() -> ResponseReturnValue:
    """Take a list of respondents; it goes sealed to the independent side and is shown to nobody here."""
    form, worker = ListForm(), worker_code()
    if request.method == "POST" and _hand_in(form, worker) == DONE:
        return redirect(url_for("worker.hand_in"), 303)
    with reading() as session:
        handed_in = list_queries.of_worker(session, worker)
    page = render_template("feedback/worker/worker_list.html", form=form, lists=handed_in)
    return page, FAULTY if form.errors else 200


@routes.route("/visits", methods=["GET", "POST"])
@only(WORKER)
def claim_visit() -> ResponseReturnValue:
    """Take a claim of a visit; the independent side asks some of the visited, drawn at random."""
    form, worker = _visit_form(), worker_code()
    if request.method == "POST" and _claim(form, worker) == DONE:
        return redirect(url_for("worker.claim_visit"), 303)
    with reading() as session:
        recent = visit_queries.latest(session, worker, most=RECENT)
    page = render_template("feedback/worker/worker_visits.html", form=form, visits=recent)
    return page, FAULTY if form.errors else 200


def _hand_in(form: ListForm, worker: str) -> int:
    vault, once = installation().vault, form.once.data
    return store(
        form,
        lambda session: lists.hand_in(
            session, worker_code=worker, rows=form.households, once=once, vault=vault, now=clock.now()
        ),
    )


def _claim(form: VisitForm, worker: str) -> int:
    vault, once = installation().vault, form.once.data
    return store(
        form,
        lambda session: visits.claim(
            session, form.value(), worker_code=worker, once=once, vault=vault, now=clock.now()
        ),
    )


def _visit_form() -> VisitForm:
    form = VisitForm()
    with reading() as session:
        form.grid.choices = unchosen(duty.grids_held(session, worker_code()))
    return form


def _case(case_id: int, **forms: Any) -> str:
    """Return the page of a case on one's desk, or of one's ground that somebody else has now."""
    own = current_desk.desk()
    with reading() as session:
        found = case_queries.followed_by(session, case_id, worker_code())
        here = desks.of_case(session, found) == own.actor
        file = case_queries.file_of(session, found, now=clock.now())
        may = moves.may(found, own) if here else ()
        return case_page.page(file, may=may, back=_("我的事项"), numbered=here, on_desk=here, **forms)


PAGES = moves.DeskPages(
    routes,
    current_desk.desk,
    dict.fromkeys(("answer", "whistle", "declare", "ask", "recall", "pause", "resume"), (WORKER,)),
    _case,
)
PAGES.add()
