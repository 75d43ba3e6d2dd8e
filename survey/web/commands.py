"""Accounts by command line: the first administrator can't be made on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO, TypeVar

import click

from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.commands import accounts as account_commands
from huying.side.opening import opened
from survey.models import ACCOUNTS
from survey.roles import INTERVIEWER, ROLES
from survey.web import operations as staff
from survey.web.rules import StaffAccount

Command = TypeVar("Command", bound=Callable[..., Any])
OPTIONS = (
    click.argument("login"),
    click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="The one role it has."),
    click.option("--name", required=True, help="Name of the person."),
    click.option("--code", help="What an interviewer tells on the phone; needed for the role interviewer."),
)


def _described(command: Command) -> Command:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@_described
@account_commands.Password
def add(login: str, *, role: str, name: str, code: str | None, password_file: TextIO | None) -> None:
    """Make an account with the login LOGIN: one account, one role.

    The password, at least 10 characters, is asked for unless a file holds it.
    """
    _check(role, code)
    password = account_commands.password(password_file)
    described: dict[str, Any] = {"role": role, "name": name, "code": code}
    with opened() as installation, installation.database.transaction() as session:
        staff.create(session, StaffAccount(login, **described), password=password, now=clock.now())
    click.echo(_("已建账号 %(login)s。", login=login))


@click.command()
@_described
def invite(login: str, *, role: str, name: str, code: str | None) -> None:
    """Make an account with the login LOGIN; print a one-time link by which its owner sets the password."""
    _check(role, code)
    described: dict[str, Any] = {"role": role, "name": name, "code": code}
    with opened() as installation, installation.database.transaction() as session:
        made = staff.create(session, StaffAccount(login, **described), password=None, now=clock.now())
        token = account_commands.link_for(session, installation, ACCOUNTS, made)
    account_commands.tell_link(installation, token)


def _check(role: str, code: str | None) -> None:
    if role == INTERVIEWER and not code:
        raise Invalid(_("访问员要用 --code 写明工号。"))
