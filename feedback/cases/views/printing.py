"""A case as one page of A4, without the resident's number unless whoever has it asks for it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.forms.desk import PrintCaseForm
from feedback.cases.operations import printing
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.queries import printing as print_queries
from feedback.cases.rules import seeing
from feedback.cases.views import case_page, current_desk
from feedback.models import CasePrint
from huying.base import clock
from huying.base.errors import NotFound
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store

routes = Blueprint("printed", __name__, url_prefix="/printed/<int:case_id>")
LAST_STEPS, LONGEST_TEXT = 6, 500
"""What one sheet has room for."""


@routes.post("/")
@only(*current_desk.DESKS)
def begin(case_id: int) -> ResponseReturnValue:
    """Keep who prints it, then lead to the sheet."""
    form, own, made = PrintCaseForm(), current_desk.desk(), list[CasePrint]()
    status = store(
        form,
        lambda session: made.append(
            printing.note(
                session,
                case_id,
                desk=own,
                login=current_user.login,
                name=current_user.name,
                numbered=bool(form.numbered.data),
                now=clock.now(),
            )
        ),
        passing=(NotFound,),
    )
    if status != DONE:
        return redirect(url_for(current_desk.front()), 303)
    return redirect(url_for("printed.sheet", case_id=case_id, print_id=made[0].id), 303)


@routes.get("/<int:print_id>")
@only(*current_desk.DESKS)
def sheet(case_id: int, print_id: int) -> ResponseReturnValue:
    """Show the sheet to who printed it, while the case is on their desk."""
    own, now = current_desk.desk(), clock.now()
    with reading() as session:
        case = desks.one_on(session, case_id, own)
        made = print_queries.one(session, print_id, case=case, login=current_user.login)
        sees = seeing.may_call(seeing.Viewer(current_user.role), state=case.state)
        file = case_queries.file_of(session, case, now=now)
        return render_template(
            "feedback/cases/printed.html",
            case=case,
            file=file,
            made=made,
            contact=case_page.contact(case) if made.numbered and sees else None,
            steps=case.steps[-LAST_STEPS:],
            earlier=max(0, len(case.steps) - LAST_STEPS),
            longest=LONGEST_TEXT,
            back=current_desk.links([case])[case.id],
            now=now,
        )
