"""Cases that may be one matter: offered, agreed to by a desk and the second resident, then joined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from feedback.cases.operations import invitations
from feedback.cases.operations.steps import load, take
from feedback.cases.rules import joins, lifecycle
from feedback.cases.rules.joins import Matter
from feedback.models import Case, CaseJoin
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _


def similar(session: Session, matter: Matter) -> list[Case]:
    """Return the open cases that may be the same matter, the oldest first."""
    near = _open(matter.category, matter.grid_code).where(
        Case.opened_at >= matter.opened_at - joins.WITHIN, Case.opened_at <= matter.opened_at + joins.WITHIN
    )
    return [case for case in session.scalars(near) if joins.alike(matter, matter_of(case))]


def similar_to(session: Session, case: Case) -> list[Case]:
    """Return the other open cases that may be the same matter as this one, the oldest first."""
    return [each for each in similar(session, matter_of(case)) if each.id != case.id]


def matter_of(case: Case) -> Matter:
    """Return what a case is about."""
    return Matter(case.category, case.grid_code, case.place, case.contact_index, case.opened_at)


def offered(session: Session, case_id: int) -> CaseJoin | None:
    """Return the join that a case's resident is asked about."""
    waiting = select(CaseJoin).where(CaseJoin.case_id == case_id, CaseJoin.desk_at.is_not(None))
    undecided = waiting.where(CaseJoin.resident_at.is_(None), CaseJoin.refused_at.is_(None))
    return session.scalar(undecided.where(CaseJoin.joined_at.is_(None)).order_by(CaseJoin.id).limit(1))


def joined_into(session: Session, case: Case) -> Case:
    """Return the case that goes on for this one: itself, unless it was joined into another."""
    seen = {case.id}
    while True:
        into = select(CaseJoin.into_id).where(CaseJoin.case_id == case.id, CaseJoin.joined_at.is_not(None))
        onward = session.scalar(into)
        if onward is None or onward in seen:
            return case
        seen.add(onward)
        case = session.get_one(Case, onward)


def say_same(session: Session, case: Case, *, into: Case, now: datetime) -> None:
    """Keep that the second resident takes both for one matter; a desk still has to agree."""
    join = _of(session, case.id, into.id) or _new(session, case.id, into.id, by="resident", now=now)
    join.resident_at = now
    _settle(session, join, now=now)


def propose(session: Session, case_id: int, *, into_id: int, by: str, now: datetime) -> bool:
    """Let a desk join a case into another; return whether it is done, or waits for the second resident."""
    first, second = sorted((case_id, into_id))
    load(session, first)
    load(session, second)
    case, into = session.get_one(Case, case_id), session.get_one(Case, into_id)
    if into.id not in {each.id for each in similar_to(session, case)}:
        raise Invalid(_("这两件事不像同一件：事项、网格要相同，地点或电话要有一样，相隔不超过 14 天。"))
    join = _of(session, case.id, into.id) or _new(session, case.id, into.id, by=by, now=now)
    if join.refused_at is not None:
        raise Conflict(_("居民说过不是同一件事，不能并。"))
    join.desk_at = now
    return _settle(session, join, now=now)


def answer(session: Session, case_id: int, *, same: bool, now: datetime) -> None:
    """Take the second resident's word on a join that a desk proposed."""
    join = offered(session, case_id)
    if join is None:
        raise Conflict(_("没有等您回答的问题。"))
    if same:
        join.resident_at = now
    else:
        join.refused_at = now
    _settle(session, join, now=now)


def _settle(session: Session, join: CaseJoin, *, now: datetime) -> bool:
    case, into = session.get_one(Case, join.case_id), session.get_one(Case, join.into_id)
    agreed = joins.agreed(
        desk=join.desk_at is not None,
        resident=join.resident_at is not None,
        same_contact=case.contact_index is not None and case.contact_index == into.contact_index,
    )
    if agreed and join.refused_at is None and join.joined_at is None:
        take(session, case, "join", actor="clock", now=now)
        invitations.revoke(session, case, now=now)
        join.joined_at = now
    session.flush()
    return join.joined_at is not None


def _new(session: Session, case_id: int, into_id: int, *, by: str, now: datetime) -> CaseJoin:
    join = CaseJoin(case_id=case_id, into_id=into_id, asked_at=now, asked_by=by)
    session.add(join)
    session.flush()
    return join


def _of(session: Session, case_id: int, into_id: int) -> CaseJoin | None:
    return session.scalar(select(CaseJoin).where(CaseJoin.case_id == case_id, CaseJoin.into_id == into_id))


def _open(category: str, grid_code: str | None) -> Select[Case]:
    same = (Case.category == category, Case.grid_code == grid_code, Case.holder != lifecycle.NOBODY)
    return select(Case).where(*same).order_by(Case.opened_at, Case.id)
