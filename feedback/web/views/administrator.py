"""Accounts: who signs in, in which role, at which workplace. The administrator sees nothing else."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from feedback.roles import ADMINISTRATOR, DISTRICT_CODE, OFFICES
from feedback.web import operations
from feedback.web.forms.account import AccountForm
from feedback.web.forms.fields import unchosen
from feedback.web.operations import InvitedAccount
from feedback.web.queries import lookups
from feedback.web.rules.people import LONGEST_SOUGHT, offered
from feedback.web.views.paging import page_asked
from huying.accounts.sign_in.administration import invite, shown_once
from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, FAULTY, store

routes = Blueprint("administrator", __name__, url_prefix="/administrator")


@routes.get("/accounts")
@only(ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Show all accounts and the form for a new one."""
    return _listing(_form())


@routes.post("/accounts")
@only(ADMINISTRATOR)
def create() -> ResponseReturnValue:
    """Invite somebody, and show the link of the invitation once."""
    form, invited = _form(), list[InvitedAccount]()
    status = store(
        form,
        lambda session: invited.append(
            operations.invite(session, form.value(), link=invite, now=clock.now())
        ),
    )
    if status == DONE:
        return shown_once(invited[0].account.id, invited[0].token)
    return _listing(form), FAULTY


def _sought() -> str:
    return request.args.get("who", "").strip()[:LONGEST_SOUGHT]


def _form() -> AccountForm:
    with reading() as session:
        areas = lookups.areas(session)
        workers, departments = lookups.workers(session), lookups.departments_to_call(session)
    form = AccountForm()
    chosen = {form.worker_code.data or ""}
    form.worker_code.choices = unchosen(offered(workers, (), sought=_sought(), chosen=chosen))
    form.department_code.choices = unchosen(departments | {DISTRICT_CODE: str(OFFICES[DISTRICT_CODE])})
    form.area_code.choices = unchosen((area.code, lookups.full_name(areas, area)) for area in areas.values())
    return form


def _listing(form: AccountForm) -> str:
    page = page_asked()
    with reading() as session:
        found = lookups.accounts(session, sought=_sought(), page=page)
        workers = {account.worker_code for account in found.rows if account.worker_code}
        return render_template(
            "feedback/web/accounts.html",
            form=form,
            found=found,
            sought=_sought(),
            workers=lookups.names_of(session, workers),
            departments=lookups.departments(session),
            areas=lookups.areas(session),
        )
