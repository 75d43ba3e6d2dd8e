"""Accounts by command line: the first administrator has no page to be made on."""

from __future__ import annotations

from typing import TextIO

import click
from sqlalchemy.orm import Session

from feedback.commands.place import opened
from feedback.models import Account, Area, Department, Worker
from feedback.roles import DEPARTMENT_OFFICER, ROLES, WORKER
from huying import accounts, clock
from huying.errors import Invalid
from huying.i18n import _


@click.command()
@click.argument("login")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="What the account may do.")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--worker", help="Worker's code; needed for the role worker.")
@click.option("--department", help="Department's code; needed for the role department_officer.")
@click.option("--area", help="Code of the area that the person looks after.")
@click.option("--password-file", type=click.File(), help="File with the password; - is standard input.")
def account(
    login: str,
    *,
    role: str,
    name: str,
    worker: str | None,
    department: str | None,
    area: str | None,
    password_file: TextIO | None,
) -> None:
    """Make an account with the login LOGIN: one account, one role.

    The password, at least 10 characters, is asked for unless a file holds it.
    """
    password = _password(password_file)
    with opened() as place, place.database.transaction() as session:
        _check(session, role=role, worker=worker, department=department, area=area)
        accounts.create(
            session,
            Account,
            login=login,
            name=name,
            role=role,
            password=password,
            now=clock.now(),
            worker_code=worker,
            department_code=department,
            area_code=area,
        )
    click.echo(_("已建账号 %(login)s。", login=login))


def _password(file: TextIO | None) -> str:
    if file is not None:
        return file.readline().rstrip("\r\n")
    return str(click.prompt(_("密码"), hide_input=True, confirmation_prompt=True))


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
