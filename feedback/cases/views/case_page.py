"""The page of a case for whoever works on it: the same for a worker, a grid leader and a coordinator."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from feedback.cases import queries as case_queries
from feedback.cases.forms.desk import AnswerForm, DeclareForm, WhistleForm
from feedback.models import Case
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from huying.base import clock
from huying.web.current import installation


def page(session: Session, case: Case, *, may: Collection[str], back: str, **forms: Any) -> str:
    """Return the page of a case with the forms of what `may` be done; `forms` are those with faults."""
    now = clock.now()
    shown = {"answer": AnswerForm(), "whistle": whistle_form(session), "declare": DeclareForm()} | forms
    return render_template(
        "feedback/cases/case.html",
        case=case,
        contact=contact(case),
        area=lookups.area_name(session, case.grid_code),
        hours=case_queries.custody_hours(case, now=now),
        departments=lookups.departments(session),
        may=may,
        back=back,
        forms=shown,
        faulty=next(iter(forms.values()), None),
        now=now,
    )


def whistle_form(session: Session) -> WhistleForm:
    """Return the form that calls a department, with the departments to choose from."""
    form = WhistleForm()
    form.department.choices = unchosen(lookups.departments(session))
    return form


def contact(case: Case) -> str | None:
    """Return the number by which the resident wants to be reached, E.164, or None."""
    if case.contact_sealed is None:
        return None
    return installation().vault.open(case.contact_sealed, where=case_queries.contact_context(case))
