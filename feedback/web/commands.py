"""Accounts by command line: the first administrator has no page to be made on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TextIO, TypeVar

import click
from sqlalchemy.orm import Session

from feedback.models import ACCOUNTS, Account, Area, Department, Worker
from feedback.roles import DEPARTMENT_OFFICER, ROLES, WORKER
from huying import accounts
from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.commands import accounts as account_commands
from huying.side.opening import opened

Command = TypeVar("Command", bound=Callable[..., Any])
OPTIONS = (
    click.argument("login"),
    click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="What the account may do."),
    click.option("--name", required=True, help="Name of the person."),
    click.option("--worker", help="Worker's code; needed for the role worker."),
    click.option("--department", help="Department's code; needed for the role department_officer."),
    click.option("--area", help="Code of the area that the person looks after."),
)


def _described(command: Command) -> Command:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@click.command()
@_described
@account_commands.Password
def add(login: str, *, password_file: TextIO | None, **described: Any) -> None:
    """Make an account with the login LOGIN: one account, one role.

    The password, at least 10 characters, is asked for unless a file holds it.
    """
    password = account_commands.password(password_file)
    with opened() as installation, installation.database.transaction() as session:
        _create(session, login=login, password=password, **described)
    click.echo(_("已建账号 %(login)s。", login=login))


@click.command()
@_described
def invite(login: str, **described: Any) -> None:
    """Make an account with the login LOGIN; print a one-time link by which its owner sets the password."""
    with opened() as installation, installation.database.transaction() as session:
        account = _create(session, login=login, password=None, **described)
        token = account_commands.link_for(session, installation, ACCOUNTS, account)
    account_commands.tell_link(installation, token)


def _create(
    session: Session,
    *,
    login: str,
    password: str | None,
    role: str,
    name: str,
    worker: str | None,
    department: str | None,
    area: str | None,
) -> Account:
    _check(session, role=role, worker=worker, department=department, area=area)
    places = {"worker_code": worker, "department_code": department, "area_code": area}
    return accounts.create(
        session, Account, login=login, name=name, role=role, password=password, now=clock.now(), **places
    )


def _check(
    session: Session, *, role: str, worker: str | None, department: str | None, area: str | None
) -> None:
    if role == WORKER and worker is None:
        raise Invalid(_("网格员账号要用 --worker 写明工号。"))
    if role == DEPARTMENT_OFFICER and department is None:
        raise Invalid(_("部门经办人账号要用 --department 写明部门编号。"))
    if worker is not None and session.get(Worker, worker) is None:
        raise Invalid(_("没有工号为 %(worker)s 的网格员。", worker=worker))
    if department is not None and session.get(Department, department) is None:
        raise Invalid(_("没有编号为 %(department)s 的部门。", department=department))
    if area is not None and session.get(Area, area) is None:
        raise Invalid(_("没有编号为 %(area)s 的区域。", area=area))
