"""The department's desk: one queue by deadline; answered one by one, or several at once."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.cases.forms.desk import BatchForm, DeclareForm, PrintCaseForm
from feedback.cases.operations import batches, whistles
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import department, desks
from feedback.cases.queries.cases import CaseFile
from feedback.cases.rules import lifecycle, seeing
from feedback.cases.rules.batches import BatchRefused
from feedback.cases.rules.choices import choices
from feedback.cases.views import case_page, current_desk, moves
from feedback.cases.views.case_page import SOUGHT
from feedback.cases.views.search import blank
from feedback.models import Case
from feedback.roles import DEPARTMENT_OFFICER
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from feedback.web.views.labels import who
from feedback.web.views.paging import page_asked
from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm

routes = Blueprint("department", __name__, url_prefix="/department")
OFFICERS = (DEPARTMENT_OFFICER,)
_ours = current_desk.department_code


@routes.get("/")
@only(DEPARTMENT_OFFICER)
def desk() -> ResponseReturnValue:
    """Show the department's one queue: whistles, and what came otherwise, the most urgent first."""
    return _queue(_batch_form(BatchForm(formdata=None)))


@routes.post("/batch")
@only(DEPARTMENT_OFFICER)
def batch() -> ResponseReturnValue:
    """Answer several cases at once for one reason: all of them, or none."""
    form, own, done = _batch_form(BatchForm()), current_desk.desk(), list[int]()
    vault = installation().vault
    try:
        status = store(
            form,
            lambda session: done.append(
                batches.answer(session, form.value(), desk=own, vault=vault, now=clock.now())
            ),
            passing=(BatchRefused,),
        )
    except BatchRefused as refusal:
        form.form_errors.extend([refusal.message, *refusal.each])
        status = refusal.status
    if status != DONE:
        return _queue(form), status
    flash(_("已办 %(n)s 件，每件都记了一步。", n=done[0]))
    return redirect(url_for("department.desk", page=page_asked()), 303)


def _batch_form(form: BatchForm) -> BatchForm:
    with reading() as session:
        others = lookups.departments_to_call(session)
    found = choices(
        others, (), sought=request.args.get(SOUGHT, ""), chosen=form.instead.data or "", own=_ours()
    )
    form.instead.choices = unchosen(found.offered)
    return form


def _queue(form: BatchForm) -> str:
    own, now = current_desk.desk(), clock.now()
    with reading() as session:
        queue = department.queue(session, own, page=page_asked(), now=now)
        waiting = desks.waiting(session, own)
        names = lookups.departments(session)
        return render_template(
            "feedback/cases/department.html",
            department=who(own.actor, names),
            queue=queue,
            waiting=waiting,
            links=current_desk.links([*(row.case for row in queue.rows), *waiting.rows]),
            areas=lookups.areas(session),
            departments=names,
            search=blank(),
            form=form,
            now=now,
        )


@routes.get("/cases/<int:case_id>")
@only(DEPARTMENT_OFFICER)
def case(case_id: int) -> ResponseReturnValue:
    """Show a case on this department's desk, and what may be done with it now."""
    return _case(case_id)


@routes.get("/whistles/<int:whistle_id>")
@only(DEPARTMENT_OFFICER)
def call(whistle_id: int) -> ResponseReturnValue:
    """Show one whistle to this department."""
    return _whistle(whistle_id)


@routes.post("/whistles/<int:whistle_id>/accept")
@only(DEPARTMENT_OFFICER)
def accept_whistle(whistle_id: int) -> ResponseReturnValue:
    """Take the whistle."""
    form = ButtonForm()
    status = store(
        form,
        lambda session: whistles.accept(session, whistle_id, department_code=_ours(), now=clock.now()),
    )
    return _back(whistle_id) if status == DONE else (_whistle(whistle_id, accept=form), status)


@routes.post("/whistles/<int:whistle_id>/refuse")
@only(DEPARTMENT_OFFICER)
def refuse_whistle(whistle_id: int) -> ResponseReturnValue:
    """Refuse the whistle, with a reason and what that reason has to bring."""
    with reading() as session:
        form = case_page.refuse_form(_file(session, whistle_id), own=_ours())
    status = store(
        form,
        lambda session: whistles.refuse(
            session, whistle_id, form.value(), department_code=_ours(), now=clock.now()
        ),
    )
    if status == DONE:
        return redirect(url_for("department.desk"), 303)
    return _whistle(whistle_id, refuse=form), status


@routes.post("/whistles/<int:whistle_id>/declare")
@only(DEPARTMENT_OFFICER)
def declare_whistle(whistle_id: int) -> ResponseReturnValue:
    """Report what was whistled for as done; the resident is asked whether it is."""
    form = DeclareForm()
    status = store(
        form,
        lambda session: whistles.declare(
            session,
            whistle_id,
            department_code=_ours(),
            note=form.note.data,
            now=clock.now(),
            vault=installation().vault,
        ),
    )
    return _back(whistle_id) if status == DONE else (_whistle(whistle_id, declare=form), status)


def _back(whistle_id: int) -> ResponseReturnValue:
    return redirect(url_for("department.call", whistle_id=whistle_id), 303)


def _file(session: Any, whistle_id: int) -> CaseFile:
    found = case_queries.whistle_to(session, whistle_id, department_code=_ours())
    return case_queries.file_of(session, found.case, now=clock.now())


def _may_call(case: Case) -> bool:
    """Tell whether the department sees the resident's number: it has the case, and has taken it up."""
    ours = case.keeper == lifecycle.department(_ours())
    return ours and seeing.may_call(seeing.Viewer(DEPARTMENT_OFFICER), state=case.state)


def _case(case_id: int, **forms: Any) -> str:
    own = current_desk.desk()
    with reading() as session:
        found = desks.one_on(session, case_id, own)
        file = case_queries.file_of(session, found, now=clock.now())
        return case_page.page(
            file, may=moves.may(found, own), back=_("本部门的事项"), numbered=_may_call(found), **forms
        )


def _whistle(whistle_id: int, **forms: Any) -> str:
    with reading() as session:
        found = case_queries.whistle_to(session, whistle_id, department_code=_ours())
        file = _file(session, whistle_id)
        shown = {
            "accept": ButtonForm(formdata=None),
            "refuse": case_page.refuse_form(file, own=_ours()),
            "declare": DeclareForm(formdata=None),
            "print": PrintCaseForm(formdata=None),
        }
        live = found.state in case_queries.LIVE_WHISTLES
        return render_template(
            "feedback/cases/whistle.html",
            whistle=found,
            case=file.case,
            contact=case_page.contact(file.case) if live and _may_call(file.case) else None,
            area=file.area,
            hours=file.hours,
            departments=file.departments,
            choices=case_page.offered(file, own=_ours()),
            may=moves.may(file.case, current_desk.desk()),
            forms=shown | forms,
            prints=file.prints,
            on_desk=file.case.keeper == current_desk.desk().actor,
            faulty=next((form for form in forms.values() if form.errors), None),
            now=clock.now(),
            held=file if case_page.is_on_own_desk(file) else None,
        )


PAGES = moves.DeskPages(
    routes,
    current_desk.desk,
    dict.fromkeys(
        ("accept", "whistle", "refuse", "declare", "done", "ask", "recall", "pause", "resume"), OFFICERS
    ),
    _case,
)
PAGES.add()
