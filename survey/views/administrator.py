"""The administrator: accounts, and no data."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying import clock
from huying.access import only
from huying.i18n import _
from huying.web import reading
from survey.forms import AccountForm
from survey.models import Account
from survey.operations import accounts as operations
from survey.roles import ADMINISTRATOR
from survey.views.answering import DONE, page, store

routes = Blueprint("administrator", __name__, url_prefix="/administrator")


@routes.route("/accounts", methods=["GET", "POST"])
@only(ADMINISTRATOR)
def accounts() -> ResponseReturnValue:
    """List the accounts and make another."""
    form = AccountForm()
    status = store(form, lambda session: _create(session, form)) if request.method == "POST" else 200
    if status == DONE:
        flash(_("已开通 %(data)s。", data=form.login.data))
        return redirect(url_for(".accounts"), 303)
    with reading() as session:
        everybody = list(session.scalars(select(Account).order_by(Account.role, Account.login)))
    return page("accounts", form=form, accounts=everybody), status


def _create(session: Session, form: AccountForm) -> None:
    operations.create(
        session,
        login=form.login.data,
        name=form.name.data,
        role=form.role.data,
        password=form.password.data,
        code=form.code.data or None,
        now=clock.now(),
    )
