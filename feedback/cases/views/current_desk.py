"""At which desk the signed-in account sits, and where a case on it opens."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_login import current_user

from feedback.cases.queries.desks import Desk
from feedback.cases.rules import lifecycle, seeing
from feedback.models import Case
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, GRID_LEADER, WORKER
from feedback.web.views.current_worker import worker_code
from huying.base.errors import Forbidden
from huying.base.i18n import _

DESKS = (WORKER, DEPARTMENT_OFFICER, GRID_LEADER, COORDINATOR)
PAGES = {
    WORKER: "worker",
    DEPARTMENT_OFFICER: "department",
    GRID_LEADER: "escalated",
    COORDINATOR: "escalated",
}


def desk() -> Desk:
    """Return the desk of the signed-in account; raise Forbidden where the account has none."""
    if current_user.role == WORKER:
        return Desk("worker", worker_code=worker_code())
    if current_user.role == DEPARTMENT_OFFICER:
        return Desk(lifecycle.department(department_code()))
    return Desk(seeing.OFFICES[current_user.role], area_code=current_user.area_code)


def department_code() -> str:
    """Return the code of the department that is signed in; raise Forbidden where the account has none."""
    if not current_user.department_code:
        raise Forbidden(_("这个账号还没有所在部门，请联系管理员。"))
    return str(current_user.department_code)


def front() -> str:
    """Return the endpoint of the desk's own page."""
    return f"{PAGES[current_user.role]}.desk"


def links(cases: Iterable[Case]) -> dict[int, str]:
    """Return the address at which each case opens for the signed-in account, by its number."""
    return {case.id: _link(case) for case in cases}


def _link(case: Case) -> str:
    pages = PAGES[current_user.role]
    if pages == "department":
        own = [each for each in case.whistles if each.department_code == department_code()]
        elsewhere = case.keeper != desk().actor
        if own and (elsewhere or own[-1].state in {"sounded", "accepted"}):
            return url_for("department.call", whistle_id=own[-1].id)
    return url_for(f"{pages}.case", case_id=case.id)
