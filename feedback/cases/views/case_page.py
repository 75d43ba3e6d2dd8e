"""The page of a case for whoever works on it: the same for a worker, a grid leader and a coordinator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask import render_template
from flask_login import current_user

from feedback.cases import queries as case_queries
from feedback.cases.forms.desk import AnswerForm, DeclareForm, WhistleForm
from feedback.cases.queries import CaseFile
from feedback.cases.rules import seeing
from feedback.models import Case
from feedback.web.forms.fields import unchosen
from huying.base import clock
from huying.web.current import installation


def page(file: CaseFile, *, may: Collection[str], back: str, **forms: Any) -> str:
    """Return the page of a case with the forms of what `may` be done; `forms` are those with faults."""
    shown = {"answer": AnswerForm(), "whistle": whistle_form(file.departments), "declare": DeclareForm()}
    return render_template(
        "feedback/cases/case.html",
        case=file.case,
        contact=contact(file.case),
        area=file.area,
        hours=file.hours,
        departments=file.departments,
        may=may,
        back=back,
        forms=shown | forms,
        faulty=next(iter(forms.values()), None),
        held=file if is_in_hand(file.case) else None,
        now=clock.now(),
    )


def is_in_hand(case: Case) -> bool:
    """Tell whether the signed-in account works on a case now, within its area."""
    mine = seeing.Viewer(current_user.role, current_user.worker_code, current_user.department_code)
    return seeing.holds(mine, holder=case.holder, worker_code=case.worker_code, grid_code=case.grid_code)


def whistle_form(departments: Mapping[str, str]) -> WhistleForm:
    """Return the form that calls one of these departments."""
    form = WhistleForm()
    form.department.choices = unchosen(departments)
    return form


def contact(case: Case) -> str | None:
    """Return the number by which the resident wants to be reached, E.164, or None."""
    if case.contact_sealed is None:
        return None
    return installation().vault.open(case.contact_sealed, where=case_queries.contact_context(case))
