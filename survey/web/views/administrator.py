"""The administrator: accounts, and no data."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.accounts.sign_in.administration import invite, shown_once
from huying.base import clock
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.models import Account
from survey.roles import ADMINISTRATOR
from survey.web import operations
from survey.web.forms.account import StaffForm
from survey.web.views.pages import page

routes = Blueprint("administrator", __name__, url_prefix="/administrator")


@routes.route("/accounts", methods=["GET", "POST"])
@only(ADMINISTRATOR)
def accounts() -> ResponseReturnValue:
    """List the accounts and invite somebody."""
    form = StaffForm()
    invited: list[tuple[int, str]] = []
    status = store(form, lambda session: invited.append(_invite(session, form))) if _sent() else 200
    if status == DONE:
        return shown_once(*invited[0])
    with reading() as session:
        everybody = list(session.scalars(select(Account).order_by(Account.role, Account.login)))
    return page("web/accounts", form=form, accounts=everybody), status


def _sent() -> bool:
    return request.method == "POST"


def _invite(session: Session, form: StaffForm) -> tuple[int, str]:
    """Make the account; return its number and the token of its link."""
    account = operations.create(
        session,
        login=form.login.data,
        name=form.name.data,
        role=form.role.data,
        password=None,
        code=form.code.data or None,
        now=clock.now(),
    )
    return account.id, invite(session, account)
