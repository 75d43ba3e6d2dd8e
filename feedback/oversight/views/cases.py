"""All cases: searched, filtered, by deadline; one of them in full; the list on paper."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.rules.lifecycle import COORDINATION
from feedback.models import Case
from feedback.oversight.forms import FilterForm
from feedback.oversight.queries import cases as queries
from feedback.oversight.rules.filters import LATEST_FIRST, CaseFilter
from feedback.oversight.views.filter_form import filter_form
from feedback.oversight.views.overseer import WHOLE, overseer
from feedback.roles import COORDINATOR
from feedback.web.queries import lookups
from feedback.web.rules.paging import Paged
from feedback.web.views.paging import page_asked
from huying.base import clock, phones
from huying.base.errors import Invalid
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import FAULTY

routes = Blueprint("all_cases", __name__, url_prefix="/oversight/cases")


@routes.get("/")
@only(*WHOLE)
def listing() -> ResponseReturnValue:
    """Show a page of the cases that the address asks for, and the filters that it holds."""
    seen_by, now = overseer(), clock.now()
    with reading() as session:
        form = filter_form(session, seen_by)
        try:
            wanted = form.value()
        except Invalid:
            return _page(session, form, None, CaseFilter()), FAULTY
        found = queries.page_of(
            session,
            wanted,
            seen_by=seen_by,
            page=page_asked(),
            size=queries.ON_PAPER if "paper" in request.args else queries.PAGE,
            vault=installation().vault,
            now=now,
        )
        return _page(session, form, found, wanted)


@routes.get("/<int:case_id>")
@only(*WHOLE)
def one(case_id: int) -> ResponseReturnValue:
    """Show a case: its steps, whose hands it was in; never who asked, or what they thought of anybody."""
    now = clock.now()
    with reading() as session:
        case = queries.one(session, case_id, seen_by=overseer())
        acts = current_user.role == COORDINATOR and desks.of_case(session, case) == COORDINATION
        return render_template(
            "feedback/oversight/case.html",
            case=case,
            text=phones.redact(case.text),
            place=phones.redact(case.place),
            steps=[(step, phones.redact(step.note)) for step in case.steps],
            area=lookups.area_name(session, case.grid_code),
            departments=lookups.departments(session),
            hours=case_queries.custody_hours(case, now=now),
            acts=url_for("escalated.case", case_id=case.id) if acts else None,
            now=now,
        )


def _page(session: Any, form: FilterForm, found: Paged[Case] | None, wanted: CaseFilter) -> str:
    address = wanted.address()
    return render_template(
        "feedback/oversight/cases.html",
        form=form,
        found=found,
        latest_first=wanted.scope in LATEST_FIRST,
        address=address,
        paper="paper" in request.args,
        narrowed=form.chosen(),
        areas=lookups.areas(session),
        departments=lookups.departments(session),
        redact=phones.redact,
        full=lookups.full_name,
        now=clock.now(),
    )
