"""Accounts by command line: the first administrator can't be made on a page."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.commands.accounts import makers
from survey.models import Account
from survey.roles import INTERVIEWER, ROLES
from survey.web import operations as staff
from survey.web.rules import StaffAccount


def _create(
    session: Session, *, login: str, password: str | None, role: str, name: str, code: str | None
) -> Account:
    return staff.create(session, StaffAccount(login, name, role, code), password=password, now=clock.now())


def _check(*, role: str, code: str | None, **_others: object) -> None:
    if role == INTERVIEWER and not code:
        raise Invalid(_("访问员要用 --code 写明工号。"))


add, invite = makers(
    _create,
    click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="The one role it has."),
    click.option("--name", required=True, help="Name of the person."),
    click.option("--code", help="What an interviewer tells on the phone; needed for the role interviewer."),
    check=_check,
)
