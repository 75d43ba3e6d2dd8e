"""Cases that may be one matter: offered, agreed to by a desk and the second resident, then joined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

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
    """Return the join that a case's resident is asked about: none once either of the two is over."""
    own, into = aliased(Case), aliased(Case)
    waiting = (
        select(CaseJoin)
        .join(own, own.id == CaseJoin.case_id)
        .join(into, into.id == CaseJoin.into_id)
        .where(own.id == case_id, own.holder != lifecycle.NOBODY, into.holder != lifecycle.NOBODY)
    )
    undecided = waiting.where(
        CaseJoin.desk_at.is_not(None),
        CaseJoin.resident_at.is_(None),
        CaseJoin.refused_at.is_(None),
        CaseJoin.joined_at.is_(None),
    )
    return session.scalar(undecided.order_by(CaseJoin.id).limit(1))


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


def is_shared(session: Session, case: Case) -> bool:
    """Tell whether another resident's case was joined into this one, which goes on for both."""
    query = select(Case).join(CaseJoin, CaseJoin.case_id == Case.id)
    joined = session.scalars(query.where(CaseJoin.into_id == case.id, CaseJoin.joined_at.is_not(None))).all()
    return any(not _of_one_resident(each, case) or is_shared(session, each) for each in joined)


def say_same(session: Session, case: Case, *, into: Case, now: datetime) -> None:
    """Keep that the second resident takes both for one matter; a desk still has to agree."""
    join = _of(session, case.id, into.id) or _new(session, case.id, into.id, by="resident", now=now)
    join.resident_at = now
    _settle(session, join, now=now)


def propose(session: Session, case_id: int, *, into_id: int, by: str, now: datetime) -> bool:
    """Let a desk join a case into another; return whether it is done, or waits for the second resident."""
    _hold(session, case_id, into_id)
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
    if join is not None:
        _hold(session, join.case_id, join.into_id)
        join = offered(session, case_id)  # either may have ended before it was held
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
        same_contact=_of_one_resident(case, into),
    )
    if agreed and join.refused_at is None and join.joined_at is None:
        take(session, case, "join", actor="clock", now=now)
        invitations.revoke(session, case, now=now)
        join.joined_at = now
    session.flush()
    return join.joined_at is not None


def _of_one_resident(one: Case, other: Case) -> bool:
    return one.contact_index is not None and one.contact_index == other.contact_index


def _hold(session: Session, *cases: int) -> None:
    """Hold cases against other writers, in one order for all, so that two never wait for each other."""
    for case_id in sorted(cases):
        load(session, case_id)


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
