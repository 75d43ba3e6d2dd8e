"""A department's one queue: what it was whistled for and what came otherwise, with the remit beside each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session, selectinload

from feedback.cases.queries.cases import LIVE_WHISTLES, live_whistle
from feedback.cases.queries.desks import SIZE, Desk, on_desk
from feedback.models import Case, Remit, Whistle
from feedback.remit import queries as remit
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case in the queue, the whistle that brought it, and whom the remit names for it (nobody: empty)."""

    case: Case
    whistle: Whistle | None
    lead: str = ""
    supporting: tuple[str, ...] = ()

    @property
    def due_at(self) -> datetime:
        """By when the department is to be done."""
        return self.whistle.due_at if self.whistle else self.case.due_at


def queue(session: Session, desk: Desk, *, page: int, now: datetime) -> Paged[QueueRow]:
    """Return a page of what waits for a department: danger first, then by its own deadline."""
    own = and_(Whistle.case_id == Case.id, Whistle.state.in_(LIVE_WHISTLES))
    due = func.coalesce(Whistle.due_at, Case.due_at)
    danger = when((Case.urgency == "life", 0), else_=1)
    query = (
        select(Case)
        .outerjoin(Whistle, own)
        .where(on_desk(desk), Case.holder == Case.keeper)
        .options(selectinload(Case.whistles))
        .order_by(danger, due, Case.id)
    )
    found = page_of(session, query, page=page, size=SIZE)
    named = _named(session, found, now=now)
    return Paged([_row(each, named) for each in found.rows], found.total, found.page, found.pages)


Named = Mapping[tuple[str, str], Remit]


def _named(session: Session, found: Paged[Case], *, now: datetime) -> Named:
    wanted = {(each.category, each.grid_code) for each in found.rows if each.grid_code}
    return remit.of_several(session, wanted, at=now)


def _row(case: Case, named: Named) -> QueueRow:
    said = named.get((case.category, case.grid_code or ""))
    if said is None:
        return QueueRow(case, live_whistle(case))
    return QueueRow(case, live_whistle(case), said.lead, remit.supporting(said))
