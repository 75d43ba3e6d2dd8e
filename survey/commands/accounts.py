"""Accounts by command line: the first administrator can't be made on a page."""

from __future__ import annotations

from typing import TextIO

import click

from huying import clock
from huying.errors import Invalid
from huying.i18n import _
from survey.commands.place import opened
from survey.operations import accounts
from survey.roles import INTERVIEWER, ROLES


@click.command()
@click.argument("login")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="The one role it has.")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--code", help="What an interviewer tells on the phone; needed for the role interviewer.")
@click.option("--password-file", type=click.File(), help="File with the password; - is standard input.")
def account(login: str, *, role: str, name: str, code: str | None, password_file: TextIO | None) -> None:
    """Make an account with the login LOGIN: one account, one role.

    The password, at least 10 characters, is asked for unless a file holds it.
    """
    if role == INTERVIEWER and not code:
        raise Invalid(_("访问员要用 --code 写明工号。"))
    if password_file is None:
        password = str(click.prompt(_("密码"), hide_input=True, confirmation_prompt=True))
    else:
        password = password_file.readline().rstrip("\r\n")
    with opened() as place, place.database.transaction() as session:
        accounts.create(
            session,
            login=login,
            name=name,
            role=role,
            password=password,
            code=code,
            now=clock.now(),
        )
    click.echo(_("已建账号 %(login)s。", login=login))
