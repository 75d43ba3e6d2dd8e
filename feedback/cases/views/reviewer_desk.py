"""The reviewer's desk: what a coordinator would end as out of scope, confirmed by a second person or not."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.cases.operations import coordination
from feedback.cases.queries import overview
from feedback.roles import REVIEWER
from feedback.web.queries import lookups
from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm

routes = Blueprint("review", __name__, url_prefix="/review")


@routes.get("/")
@only(REVIEWER)
def desk() -> ResponseReturnValue:
    """Show what waits for a verdict."""
    return _desk(ButtonForm())


@routes.post("/<int:verdict_id>/<any(confirmed, declined):verdict>")
@only(REVIEWER)
def decide(verdict_id: int, verdict: str) -> ResponseReturnValue:
    """Confirm that a case is out of scope, which ends it, or decline."""
    form, login = ButtonForm(), current_user.login
    status = store(
        form,
        lambda session: coordination.decide(
            session, verdict_id, verdict=verdict, login=login, now=clock.now()
        ),
    )
    return redirect(url_for("review.desk"), 303) if status == DONE else (_desk(form), status)


def _desk(form: ButtonForm) -> str:
    with reading() as session:
        return render_template(
            "feedback/cases/review.html",
            proposals=overview.proposals(session),
            areas=lookups.areas(session),
            departments=lookups.departments(session),
            form=form,
            now=clock.now(),
        )
