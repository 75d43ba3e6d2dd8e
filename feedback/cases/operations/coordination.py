"""The coordinator: upholds or not, sends back to the grid, proposes an end, changes the class of urgency."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.cases.operations import handling
from feedback.cases.operations.steps import HoursGiven, keep, load, stood_still, take
from feedback.cases.queries import overview
from feedback.cases.queries.desks import Desk
from feedback.cases.rules import deadlines, lifecycle
from feedback.models import Case, ScopeVerdict, Whistle
from feedback.remit import operations as remit
from feedback.roles import REMIT_KEEPER_CODE
from feedback.web.rules.texts import needed
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.i18n import _


def uphold(session: Session, case_id: int, *, desk: Desk, now: datetime) -> Whistle:
    """Agree that a case was not a department's: its hours are whose who routed it against the remit.

    Else they are the keeper's of the list, which is amended to name the department that it should be.
    """
    case = handling.on_desk(session, case_id, desk=desk)
    whistle = refused_as_not_ours(case)
    if whistle is None or case.holder != lifecycle.COORDINATION:
        raise Conflict(_("最近一次退回不是“不归我们管”，或已经认定过了。"))
    own = lifecycle.department(whistle.department_code)
    against = whistle.remit_lead not in {None, whistle.department_code}
    to = whistle.sounded_by if against else lifecycle.department(REMIT_KEEPER_CODE)
    given = HoursGiven(own, to, whistle.sounded_at)
    keep(session, case, "uphold", actor=desk.actor, note=whistle.reason, given=given, now=now)
    whistle.reason_code = "upheld"
    if whistle.remit_lead == whistle.department_code and whistle.instead and case.grid_code:
        remit.amend(session, category=case.category, area_code=case.grid_code, lead=whistle.instead, now=now)
    session.flush()
    return whistle


def refused_as_not_ours(case: Case) -> Whistle | None:
    """Return the last whistle of this round if its department said “not ours” and nobody upheld it yet."""
    own = [whistle for whistle in case.whistles if whistle.round == case.round]
    return own[-1] if own and own[-1].reason_code == "not_ours" else None


def send_back(session: Session, case_id: int, *, desk: Desk, note: str, now: datetime) -> Case:
    """Give a case back to whoever serves its grid now, with words on what to do."""
    what = needed(note, otherwise=_("请写明请网格做什么。"))
    case = handling.on_desk(session, case_id, desk=desk)
    take(session, case, "return", actor=desk.actor, note=what, now=now)
    return case


def reclassify(session: Session, case_id: int, *, urgency: str, reason: str, now: datetime) -> Case:
    """Change a case's class of urgency for a reason: its deadlines count anew from the round's beginning.

    The time that the round stood still, or was the resident's, goes on top as before.
    """
    case, why = load(session, case_id), needed(reason, otherwise=_("请写明为什么改。"))
    if case.holder == lifecycle.NOBODY:
        raise Conflict(_("这件事已经了结。"))
    if deadlines.urgency(urgency).code == case.urgency:
        raise Invalid(_("紧急程度没有变。"))
    case.urgency = urgency
    case.due_at = deadlines.due(urgency, since=case.round_at or case.opened_at) + stood_still(case)
    keep(session, case, "reclassify", actor=lifecycle.COORDINATION, note=why, now=now)
    return case


def propose_end(
    session: Session, case_id: int, *, desk: Desk, reason: str, login: str, now: datetime
) -> ScopeVerdict:
    """Propose that a case is out of scope; a reviewer decides, and until then it stays on the desk."""
    case = handling.on_desk(session, case_id, desk=desk)
    why = needed(reason, otherwise=_("请写明为什么不属于受理范围。"))
    if case.state != "refused":
        raise Conflict(_("只有退到协调办公室的事项才能提请按不属于受理范围结束。"))
    if overview.proposals(session, of=case.id):
        raise Conflict(_("已经提请复核，请等复核员的意见。"))
    proposed = ScopeVerdict(case_id=case.id, reason=why, proposed_by=login, proposed_at=now)
    session.add(proposed)
    keep(session, case, overview.PROPOSED, actor=desk.actor, note=why, now=now)
    return proposed


def decide(session: Session, verdict_id: int, *, verdict: str, login: str, now: datetime) -> ScopeVerdict:
    """Let an independent reviewer confirm or decline that a case is out of scope."""
    proposed = session.get(ScopeVerdict, verdict_id, with_for_update=True, populate_existing=True)
    if proposed is None:
        raise NotFound(_("没有这个提请。"))
    if proposed.verdict is not None:
        raise Conflict(_("这个提请已经有结论了。"))
    if proposed.proposed_by == login:
        raise Forbidden(_("提请的人不能自己复核。"))
    if verdict not in {"confirmed", "declined"}:
        raise Invalid(_("请选择同意或不同意。"))
    case = load(session, proposed.case_id)
    if proposed not in overview.proposals(session, of=case.id):
        raise Conflict(_("这件事已经转走，这个提请不用再复核。"))
    proposed.verdict, proposed.decided_by, proposed.decided_at = verdict, login, now
    session.flush()
    if verdict == "confirmed":
        take(session, case, "out_of_scope", actor="reviewer", note=proposed.reason, now=now)
    else:
        keep(session, case, "decline_end", actor="reviewer", now=now)
    return proposed
