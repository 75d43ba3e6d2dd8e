"""Accounts: who signs in, in which role, at which place of work. The administrator sees nothing else."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Account
from feedback.roles import ADMINISTRATOR
from feedback.web.forms.account import AccountForm
from feedback.web.forms.fields import unchosen
from feedback.web.queries import lookups
from huying import accounts
from huying.accounts.sign_in.administration import invite, shown_once
from huying.base import clock
from huying.base.errors import Refused
from huying.web.access import only
from huying.web.current import reading, transaction

routes = Blueprint("administrator", __name__, url_prefix="/administrator")


@routes.get("/accounts")
@only(ADMINISTRATOR)
def listing() -> ResponseReturnValue:
    """Show all accounts and the form for a new one."""
    with reading() as session:
        return _listing(session, _form(session))


@routes.post("/accounts")
@only(ADMINISTRATOR)
def create() -> ResponseReturnValue:
    """Invite somebody; a login that is taken is a fault of that field."""
    with reading() as session:
        form = _form(session)
    if form.validate():
        try:
            with transaction() as session:
                account = _create(session, form)
                token = invite(session, account)
            return shown_once(account.id, token)
        except Refused as refused:
            form.login.errors = [refused.message]
    with reading() as session:
        return _listing(session, form), 422


def _create(session: Session, form: AccountForm) -> Account:
    return accounts.create(
        session,
        Account,
        login=form.login.data.strip(),
        name=form.name.data.strip(),
        role=form.role.data,
        password=None,
        now=clock.now(),
        worker_code=form.worker_code.data or None,
        department_code=form.department_code.data or None,
        area_code=form.area_code.data or None,
    )


def _form(session: Session) -> AccountForm:
    areas = lookups.areas(session)
    form = AccountForm()
    form.worker_code.choices = unchosen(lookups.workers(session))
    form.department_code.choices = unchosen(lookups.departments(session))
    form.area_code.choices = unchosen((area.code, lookups.full_name(areas, area)) for area in areas.values())
    return form


def _listing(session: Session, form: AccountForm) -> str:
    rows = session.scalars(select(Account).order_by(Account.role, Account.login)).all()
    return render_template(
        "feedback/web/accounts.html",
        form=form,
        accounts=rows,
        workers=lookups.everybody(session),
        departments=lookups.departments(session),
        areas=lookups.areas(session),
    )
