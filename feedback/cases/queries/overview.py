"""What the coordinator has to look at though it is on other desks: what idles, what is to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from feedback.cases.queries.cases import UNKNOWN, held
from feedback.cases.queries.desks import LINEAGE, MOST_URGENT, SIZE, Desk
from feedback.cases.rules.deadlines import LEAD_NAMED_WITHIN
from feedback.models import Case, Pause, ScopeVerdict
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged
from huying.base.errors import NotFound

Found = TypeVar("Found")


def idling(session: Session, desk: Desk) -> Paged[Case]:
    """Return the first of the cases that go round instead of forward (空转), the most urgent first."""
    query = _inside(select(Case), desk).where(Case.idling != "", Case.holder != "")
    return page_of(session, query.order_by(*MOST_URGENT), page=1, size=SIZE)


def leads_due(cases: Sequence[Case], *, now: datetime) -> dict[int, datetime]:
    """Return by when a lead is to be named for each refused case that the coordinator holds, by number."""
    held_since = {
        case.id: held(case, until=max(now, case.steps[-1].at))[-1].start
        for case in cases
        if case.state == "refused" and case.steps[-1].at < now
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


def proposals(session: Session) -> list[ScopeVerdict]:
    """Return the proposals to end a case as out of scope that nobody has decided, the oldest first."""
    query = select(ScopeVerdict).where(ScopeVerdict.verdict.is_(None)).order_by(ScopeVerdict.id)
    return list(session.scalars(query.options(selectinload(ScopeVerdict.case))))


def _inside(query: Select[Found], desk: Desk) -> Select[Found]:
    if desk.area_code is None:
        return query
    inside = select(LINEAGE.c.code).where(LINEAGE.c.ancestor == desk.area_code)
    return query.where(or_(Case.grid_code.in_(inside), Case.grid_code.is_(None)))
