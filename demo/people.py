"""Who signs in to the demo: one account for each role, all with one password, printed at the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

import feedback.models
import feedback.roles
import survey.models
import survey.roles
from feedback.web.operations import ensure_district
from huying import accounts

PASSWORD = "yanshi-2026"  # noqa: S105  (a demo's password, printed on the screen)
INTERVIEWERS = ("interviewer", "interviewer2", "interviewer3", "interviewer4")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A login of the demo."""

    login: str
    role: str
    name: str
    worker: str | None = None
    department: str | None = None
    area: str | None = None
    code: str | None = None


PUBLIC = (
    DemoAccount("worker", feedback.roles.WORKER, "演示网格员", worker="W001", area="YC-111"),
    DemoAccount("leader", feedback.roles.GRID_LEADER, "演示网格长", area="YC-1"),
    DemoAccount("water", feedback.roles.DEPARTMENT_OFFICER, "演示供水经办", department="water"),
    DemoAccount("coordinator", feedback.roles.COORDINATOR, "演示协调员", area="YC-0"),
    DemoAccount("office", feedback.roles.GRID_OFFICE, "演示网格办", area="YC-0"),
    DemoAccount("keeper", feedback.roles.POSTER_KEEPER, "演示海报管理员", area="YC-0"),
    DemoAccount("operator", feedback.roles.OPERATOR, "演示话务员"),
    DemoAccount("reviewer", feedback.roles.REVIEWER, "演示复核员"),
    DemoAccount("admin", feedback.roles.ADMINISTRATOR, "演示管理员"),
)
DISTRICT = DemoAccount(
    "district", feedback.roles.DEPARTMENT_OFFICER, "演示区级兜底", department=feedback.roles.DISTRICT_CODE
)
"""Who holds what nobody leads: without this account nothing opens for residents."""
SURVEY = (
    DemoAccount("registrar", survey.roles.REGISTRAR, "演示名册管理员"),
    DemoAccount("drawer", survey.roles.DRAW_OFFICER, "演示抽样官"),
    DemoAccount("supervisor", survey.roles.SUPERVISOR, "演示督导"),
    *(
        DemoAccount(login, survey.roles.INTERVIEWER, f"演示访问员{code}号", code=str(code))
        for login, code in zip(INTERVIEWERS, range(801, 900), strict=False)
    ),
    DemoAccount("assessor", survey.roles.ASSESSOR, "演示评估员"),
    DemoAccount("auditor", survey.roles.AUDITOR, "演示审计员"),
    DemoAccount("admin", survey.roles.ADMINISTRATOR, "演示管理员"),
)


def enrol_public(session: Session, *, now: datetime) -> None:
    """Make the public side's accounts."""
    ensure_district(session)
    for person in (*PUBLIC, DISTRICT):
        accounts.create(
            session,
            feedback.models.Account,
            login=person.login,
            name=person.name,
            role=person.role,
            password=PASSWORD,
            now=now,
            worker_code=person.worker,
            department_code=person.department,
            area_code=person.area,
        )


def enrol_survey(session: Session, *, now: datetime) -> None:
    """Make the independent side's accounts."""
    for person in SURVEY:
        accounts.create(
            session,
            survey.models.Account,
            login=person.login,
            name=person.name,
            role=person.role,
            password=PASSWORD,
            now=now,
            code=person.code,
        )
