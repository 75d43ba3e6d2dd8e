"""The grid office's list of workers, and the page on which one of them retires."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from feedback.roles import GRID_OFFICE
from feedback.roster.operations import retirement
from feedback.roster.queries import staff
from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm

routes = Blueprint("staff", __name__, url_prefix="/staff")


@routes.get("/")
@only(GRID_OFFICE)
def listing() -> ResponseReturnValue:
    """Show the workers of one's area, and search among them."""
    wanted = request.args.get("q", "").strip()
    with reading() as session:
        found = staff.listed(session, top=current_user.area_code, wanted=wanted)
        return render_template(
            "feedback/roster/staff.html", members=found, wanted=wanted, most=staff.MOST, now=clock.now()
        )


@routes.get("/<code>")
@only(GRID_OFFICE)
def member(code: str) -> ResponseReturnValue:
    """Show a worker, what is in their hands, and the button by which they retire."""
    return _member(code, ButtonForm())


@routes.post("/<code>/retire")
@only(GRID_OFFICE)
def retire(code: str) -> ResponseReturnValue:
    """Take the worker out of service; what is open goes to whoever is on duty next."""
    form, login, now = ButtonForm(), current_user.login, clock.now()
    with reading() as session:
        staff.one(session, code, top=current_user.area_code)
    status = store(form, lambda session: retirement.retire(session, code, by=login, now=now))
    return (
        redirect(url_for("staff.member", code=code), 303) if status == DONE else (_member(code, form), status)
    )


def _member(code: str, form: ButtonForm) -> str:
    with reading() as session:
        found = staff.one(session, code, top=current_user.area_code)
        return render_template("feedback/roster/staff_member.html", member=found, form=form, now=clock.now())
