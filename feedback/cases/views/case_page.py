"""The page of a case for whoever works on it: the same from every desk, with the moves that are its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from flask import render_template, request
from flask_login import current_user

from feedback.cases.forms.desk import AnswerForm, DeclareForm, PrintCaseForm, RefuseForm
from feedback.cases.forms.moves import (
    LeadForm,
    NoteForm,
    PauseForm,
    QuestionForm,
    ReclassifyForm,
    WhistleForm,
)
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries.cases import CaseFile
from feedback.cases.rules import deadlines, seeing
from feedback.cases.rules.choices import DepartmentChoices, choices
from feedback.models import Case
from feedback.web.forms.fields import unchosen
from huying.base import clock, working_days
from huying.base.i18n import _
from huying.web.current import installation
from huying.web.forms import ButtonForm, Form

SOUGHT = "department"
"""What an address calls the department that somebody looks for by its name."""

LONGEST_NAME = 80
APART = ("ask", "pause", "refuse", "return", "done", "propose_end", "reclassify")
"""Forms of one page whose fields bear the same names: their ids are made different."""


def page(
    file: CaseFile,
    *,
    may: Collection[str],
    back: str,
    numbered: bool = True,
    on_desk: bool = True,
    **forms: Any,
) -> str:
    """Return the page of a case with the forms of what `may` be done; `forms` are those with faults.

    Without `numbered` the resident's number stays hidden: the case is on another desk, or not accepted yet.
    """
    shown = _fresh(file) | forms
    for name in APART:
        _set_apart(shown[name], name)
    faulty = next((form for form in forms.values() if form.errors), None)
    return render_template(
        "feedback/cases/case.html",
        case=file.case,
        contact=contact(file.case) if numbered else None,
        area=file.area,
        hours=file.hours,
        departments=file.departments,
        remit_lead=file.named[0] if file.leads else None,
        may=may,
        back=back,
        forms=shown,
        faulty=faulty,
        choices=offered(file),
        call_back=_call_back(file.case),
        held=file if is_on_own_desk(file) else None,
        prints=file.prints,
        on_desk=on_desk,
        now=clock.now(),
    )


def is_on_own_desk(file: CaseFile) -> bool:
    """Tell whether a case that the signed-in account may open is on its desk now."""
    mine = seeing.Viewer(current_user.role, current_user.worker_code, current_user.department_code)
    case = file.case
    return seeing.sits_at(mine, file.desk, worker_code=case.worker_code, grid_code=case.grid_code)


def offered(file: CaseFile, *, own: str = "", chosen: str = "") -> DepartmentChoices:
    """Return the departments that a form about a case offers; those looked for by name come first."""
    sought = request.args.get(SOUGHT, "")[:LONGEST_NAME]
    return choices(file.callable, file.named, sought=sought, chosen=chosen, own=own)


def whistle_form(file: CaseFile, *, lead: bool = False) -> WhistleForm:
    """Return the form that calls a department; who the remit lets lead is chosen beforehand."""
    form = LeadForm() if lead else WhistleForm()
    found = offered(file, chosen=form.department.data or "")
    listed = dict(found.offered)
    if file.leads and file.named[0] in listed:
        listed[file.named[0]] = _("%(name)s（权责清单牵头）", name=listed[file.named[0]])
    form.department.choices = unchosen(listed)
    if not form.is_submitted():
        sought = next(iter(listed)) if found.found == 1 else ""
        form.department.data = sought or (file.named[0] if file.leads else "")
    return form


def refuse_form(file: CaseFile, *, own: str) -> RefuseForm:
    """Return the form by which a department refuses."""
    form = RefuseForm()
    found = offered(file, own=own, chosen=form.instead.data or "")
    form.instead.choices = unchosen(found.offered)
    if not form.is_submitted() and found.found == 1:
        form.instead.data = next(iter(found.offered))
    return form


def _call_back(case: Case) -> date | None:
    """Return by when the operators call back whoever said that it isn't solved; None in a first round."""
    if case.round == 1 or case.round_at is None:
        return None
    calendar = working_days.official()
    return deadlines.call_back_by(case.urgency, since=case.round_at, calendar=calendar)


def contact(case: Case) -> str | None:
    """Return the number by which the resident wants to be reached, E.164, or None."""
    if case.contact_sealed is None:
        return None
    return installation().vault.open(case.contact_sealed, where=case_queries.contact_context(case))


def _set_apart(form: Form, name: str) -> None:
    for each in form:
        each.id = each.label.field_id = f"{name}-{each.name}"


def _fresh(file: CaseFile) -> dict[str, Any]:
    own = file.case.keeper.partition(":")[2]
    return {
        "answer": AnswerForm(formdata=None),
        "whistle": whistle_form(file),
        "declare": DeclareForm(formdata=None),
        "ask": QuestionForm(formdata=None),
        "pause": PauseForm(formdata=None),
        "refuse": refuse_form(file, own=own),
        "return": NoteForm(formdata=None),
        "done": NoteForm(formdata=None),
        "propose_end": NoteForm(formdata=None),
        "reclassify": ReclassifyForm(formdata=None),
        "print": PrintCaseForm(formdata=None),
        "plain": ButtonForm(formdata=None),
    }
