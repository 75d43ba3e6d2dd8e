"""What the coordinator has to look at though it is on other desks: what idles, what is to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from feedback.cases.queries.cases import UNKNOWN, held
from feedback.cases.queries.desks import LINEAGE, MOST_URGENT, SIZE, Desk
from feedback.cases.rules.deadlines import LEAD_NAMED_WITHIN
from feedback.models import Case, CaseStep, Pause, ScopeVerdict
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged
from huying.base.errors import NotFound

Found = TypeVar("Found")
INSTANT = timedelta(microseconds=1)
"""What makes a case that was refused this very moment count as held by the coordinator."""
PROPOSED = "propose_end"
"""The step by which a coordinator proposes that a case is out of scope."""


def idling(session: Session, desk: Desk) -> Paged[Case]:
    """Return the first of the cases that go round instead of forward (空转), the most urgent first."""
    query = _inside(select(Case), desk).where(Case.idling != "", Case.holder != "")
    return page_of(session, query.order_by(*MOST_URGENT), page=1, size=SIZE)


def leads_due(cases: Sequence[Case], *, now: datetime) -> dict[int, datetime]:
    """Return by when a lead is to be named for each refused case that the coordinator holds, by number."""
    held_since = {
        case.id: held(case, until=max(now, case.steps[-1].at) + INSTANT)[-1].start
        for case in cases
        if case.state == "refused"
    }
    return {number: since + LEAD_NAMED_WITHIN for number, since in held_since.items()}


def unsigned_pauses(session: Session, desk: Desk) -> list[Pause]:
    """Return the pauses that wait for a countersignature, the oldest first."""
    waiting = (
        _inside(select(Pause).join(Case), desk)
        .options(selectinload(Pause.case).selectinload(Case.steps))
        .where(Pause.ended_at.is_(None), Pause.countersigned_at.is_(None))
    )
    return list(session.scalars(waiting.order_by(Pause.id)))


def one_in(session: Session, case_id: int, desk: Desk) -> Case:
    """Return a case of the area that a desk looks after, on whosever desk it is; raise NotFound."""
    found = session.scalar(_inside(select(Case), desk).where(Case.id == case_id))
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def proposals(session: Session, *, of: int | None = None) -> list[ScopeVerdict]:
    """Return the proposals to end a case, or that one, as out of scope, on which a reviewer has to decide.

    Where the case went elsewhere since, nobody has to: whoever refuses it next may propose it anew.
    """
    step, last, other = aliased(CaseStep), aliased(CaseStep), aliased(ScopeVerdict)
    proposed = (
        select(func.max(last.id))
        .where(last.case_id == ScopeVerdict.case_id, last.event == PROPOSED)
        .correlate(ScopeVerdict)
    )
    moved = (
        exists()
        .where(
            step.case_id == ScopeVerdict.case_id,
            step.id > proposed.scalar_subquery(),
            step.state != "refused",
        )
        .correlate(ScopeVerdict)
    )
    newer = exists().where(other.case_id == ScopeVerdict.case_id, other.id > ScopeVerdict.id)
    query = select(ScopeVerdict).where(ScopeVerdict.verdict.is_(None), ~moved, ~newer)
    if of is not None:
        query = query.where(ScopeVerdict.case_id == of)
    return list(session.scalars(query.options(selectinload(ScopeVerdict.case)).order_by(ScopeVerdict.id)))


def _inside(query: Select[Found], desk: Desk) -> Select[Found]:
    if desk.area_code is None:
        return query
    inside = select(LINEAGE.c.code).where(LINEAGE.c.ancestor == desk.area_code)
    return query.where(or_(Case.grid_code.in_(inside), Case.grid_code.is_(None)))
