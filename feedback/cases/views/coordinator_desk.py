"""Two desks above the worker's: the community office's, and the coordinator's for what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.forms.moves import NoteForm, ReclassifyForm
from feedback.cases.operations import coordination, pauses
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks, overview
from feedback.cases.views import case_page, current_desk, moves
from feedback.cases.views.search import NOTHING, blank
from feedback.roles import COORDINATOR, GRID_LEADER
from feedback.web.queries import lookups
from feedback.web.views.paging import page_asked
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm, Form

routes = Blueprint("escalated", __name__, url_prefix="/escalated")

_desk = current_desk.desk
BOTH, LEADER, COORDINATORS = (GRID_LEADER, COORDINATOR), (GRID_LEADER,), (COORDINATOR,)


@routes.get("/")
@only(*BOTH)
def desk() -> ResponseReturnValue:
    """Show the cases on this desk, the most urgent first; a coordinator also sees what idles and pauses."""
    return _shown(ButtonForm())


def _shown(form: ButtonForm) -> str:
    own, now = _desk(), clock.now()
    with reading() as session:
        coordinates = current_user.role == COORDINATOR
        cases, waiting = desks.to_do(session, own, page=page_asked()), desks.waiting(session, own)
        return render_template(
            "feedback/cases/escalated.html",
            cases=cases,
            waiting=waiting,
            links=current_desk.links([*cases.rows, *waiting.rows]),
            leads_due=overview.leads_due(cases.rows, now=now),
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            idling=overview.idling(session, own) if coordinates else NOTHING,
            pauses=overview.unsigned_pauses(session, own) if coordinates else [],
            search=blank(),
            form=form,
            now=now,
        )


@routes.get("/cases/<int:case_id>")
@only(*BOTH)
def case(case_id: int) -> ResponseReturnValue:
    """Show one of them, and what may be done with it now."""
    return _case(case_id)


@routes.post("/cases/<int:case_id>/uphold")
@only(COORDINATOR)
def uphold(case_id: int) -> ResponseReturnValue:
    """Agree that it was not the department's: the hours go to who routed it, or to the list's keeper."""
    return _coordinate(
        case_id,
        "uphold",
        ButtonForm(),
        lambda session, _form: coordination.uphold(session, case_id, desk=_desk(), now=clock.now()),
    )


@routes.post("/cases/<int:case_id>/propose_end")
@only(COORDINATOR)
def propose_end(case_id: int) -> ResponseReturnValue:
    """Propose to an independent reviewer that the case is out of scope."""
    login = current_user.login
    return _coordinate(
        case_id,
        "propose_end",
        NoteForm(),
        lambda session, form: coordination.propose_end(
            session, case_id, desk=_desk(), reason=form.note.data, login=login, now=clock.now()
        ),
    )


@routes.post("/cases/<int:case_id>/reclassify")
@only(COORDINATOR)
def reclassify(case_id: int) -> ResponseReturnValue:
    """Change the class of urgency of a case on this desk, with a reason."""
    return _coordinate(
        case_id,
        "reclassify",
        ReclassifyForm(),
        lambda session, form: coordination.reclassify(
            session, case_id, urgency=form.urgency.data, reason=form.note.data, now=clock.now()
        ),
    )


@routes.post("/pauses/<int:case_id>/<any(sign, refuse):vote>")
@only(COORDINATOR)
def countersign(case_id: int, vote: str) -> ResponseReturnValue:
    """Vouch for a pause that another line asked for, or refuse it."""
    own, login = _desk(), current_user.login

    def answer(session: Any) -> None:
        overview.one_in(session, case_id, own)
        if vote == "sign":
            pauses.countersign(session, case_id, login=login, now=clock.now())
        else:
            pauses.refuse(session, case_id, now=clock.now())

    form = ButtonForm()
    status = store(form, answer, passing=(NotFound,))
    if status == DONE:
        return redirect(url_for("escalated.desk"), 303)
    return _shown(form), status


def _coordinate(
    case_id: int, name: str, form: Form, operation: Callable[[Any, Any], object]
) -> ResponseReturnValue:
    with reading() as session:
        desks.one_on(session, case_id, _desk())
    status = store(form, lambda session: operation(session, form))
    if status == DONE:
        return redirect(url_for("escalated.case", case_id=case_id), 303)
    return _case(case_id, **{name: form}), status


def _case(case_id: int, **forms: Any) -> str:
    own = _desk()
    with reading() as session:
        found = desks.one_on(session, case_id, own)
        file = case_queries.file_of(session, found, now=clock.now())
        may = set(moves.may(found, own))
        if current_user.role == COORDINATOR:
            may |= {"reclassify"} | ({"propose_end"} if found.state == "refused" else set())
            may |= {"uphold"} if coordination.refused_as_not_ours(found) else set()
            forms.setdefault("whistle", case_page.whistle_form(file, lead=True))
        return case_page.page(file, may=may, back=_("回到事项"), **forms)


PAGES = moves.DeskPages(
    routes,
    _desk,
    {
        "answer": LEADER,
        "whistle": BOTH,
        "declare": LEADER,
        "ask": LEADER,
        "recall": BOTH,
        "pause": LEADER,
        "resume": BOTH,
        "take_over": BOTH,
        "return": COORDINATORS,
    },
    _case,
)
PAGES.add()
