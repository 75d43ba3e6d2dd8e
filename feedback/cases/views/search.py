"""The cases in one's own hands, searched: one page for every desk."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from feedback.cases.forms.search import CaseSearchForm
from feedback.cases.queries import search
from feedback.cases.rules.search import CaseSearch
from feedback.cases.views import current_desk
from feedback.web.queries import lookups
from feedback.web.rules.paging import Paged
from feedback.web.views.paging import page_asked
from huying.base import clock
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import FAULTY

routes = Blueprint("search", __name__, url_prefix="/search")
NOTHING: Paged[object] = Paged((), 0, 1, 1)


def blank() -> CaseSearchForm:
    """Return the form with nothing in it, for the desks."""
    return CaseSearchForm(formdata=None)


@routes.get("/")
@only(*current_desk.DESKS)
def page() -> ResponseReturnValue:
    """Show the cases that fit, the open and the most urgent first; without words all of them."""
    form = CaseSearchForm(formdata=request.args)
    if not form.validate():
        return _found(form, None), FAULTY
    return _found(form, form.value(page_asked()))


def _found(form: CaseSearchForm, wanted: CaseSearch | None) -> str:
    own = current_desk.desk()
    with reading() as session:
        found = search.find(session, own, wanted, vault=installation().vault) if wanted else NOTHING
        return render_template(
            "feedback/cases/search.html",
            form=form,
            found=found,
            back=current_desk.front(),
            links=current_desk.links(found.rows),  # type: ignore[arg-type]
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            now=clock.now(),
        )
