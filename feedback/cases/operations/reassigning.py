"""A grid leader gives a worker's case to a colleague of the same team, for a reason: a step of the case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations.steps import keep, load
from feedback.cases.queries import team
from feedback.cases.rules.team import Reassignment
from feedback.models import Case
from feedback.roles import OFFICE
from feedback.web.rules.texts import needed
from huying.base.errors import Invalid
from huying.base.i18n import _

EVENT = "reassign"


def reassign(session: Session, case_id: int, wanted: Reassignment, *, top: str | None, now: datetime) -> Case:
    """Give a case to another worker of the team in the area `top`; hours run on, and both are told.

    It stays with the colleague, whoever is on duty, until the leader gives it on or the colleague retires.
    Raise NotFound for a case that no worker of the team keeps, Invalid for a colleague who can't take it.
    """
    case = load(session, case_id)
    team.one(session, case_id, top=top)
    why = needed(wanted.reason, otherwise=_("请写明为什么改派。"))
    if wanted.to_worker == case.worker_code:
        raise Invalid(_("这件事已经在这位同事手里。"))
    if not team.can_take(session, wanted.to_worker, top=top):
        raise Invalid(_("只能改派给本组在岗、有账号的网格员。"))
    case.former_worker, case.worker_code = case.worker_code, wanted.to_worker
    keep(session, case, EVENT, actor=OFFICE, note=why, now=now)
    return case
