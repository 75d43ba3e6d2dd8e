"""Accounts by command line: the first administrator has no page to be made on."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from feedback.models import Account, Area, Department, Worker
from feedback.roles import DEPARTMENT_OFFICER, DISTRICT_CODE, ROLES, WORKER
from feedback.web.operations import ensure_district
from huying import accounts
from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.commands.accounts import makers


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
    if worker is not None and session.get(Worker, worker) is None:
        raise Invalid(_("没有工号为 %(worker)s 的网格员。", worker=worker))
    if department == DISTRICT_CODE:
        ensure_district(session)
    if department is not None and session.get(Department, department) is None:
        raise Invalid(_("没有编号为 %(department)s 的部门。", department=department))
    if area is not None and session.get(Area, area) is None:
        raise Invalid(_("没有编号为 %(area)s 的区域。", area=area))
    places = {"worker_code": worker, "department_code": department, "area_code": area}
    return accounts.create(
        session, Account, login=login, name=name, role=role, password=password, now=clock.now(), **places
    )


def _check(*, role: str, worker: str | None, department: str | None, **_others: object) -> None:
    if role == WORKER and worker is None:
        raise Invalid(_("网格员账号要用 --worker 写明工号。"))
    if role == DEPARTMENT_OFFICER and department is None:
        raise Invalid(_("部门经办人账号要用 --department 写明部门编号。"))


add, invite = makers(
    _create,
    click.option("--role", type=click.Choice(sorted(ROLES)), required=True, help="What the account may do."),
    click.option("--name", required=True, help="Name of the person."),
    click.option("--worker", help="Worker's code; needed for the role worker."),
    click.option("--department", help="Department's code; needed for the role department_officer."),
    click.option("--area", help="Code of the area that the person looks after."),
    check=_check,
)
