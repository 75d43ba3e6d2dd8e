"""A grid leader's team, read: each worker's load, one worker's cases, whom a case may be given to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from feedback.cases.queries.cases import UNKNOWN
from feedback.cases.queries.desks import LINEAGE, MOST_URGENT, SIZE
from feedback.cases.rules import lifecycle
from feedback.cases.rules.team import Load
from feedback.models import Account, Area, Case, Worker
from feedback.roles import WORKER
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged
from huying.base.errors import NotFound
from huying.base.i18n import _

MEMBERS = 50
NEARBY = 30


def loads(session: Session, *, top: str | None, sought: str = "", page: int, now: datetime) -> Paged[Load]:
    """Return a page of the workers in service of an area with what they have in hand, by code: no ranking."""
    query = _members(top)
    if sought:
        named = Worker.name.contains(sought, autoescape=True)
        query = query.where(named | Worker.code.icontains(sought, autoescape=True))
    found = page_of(session, query.order_by(Worker.code), page=page, size=MEMBERS)
    counts = _counts(session, [each.code for each in found.rows], now=now)
    names = _area_names(session, {each.area_code for each in found.rows})
    rows = [
        Load(each.code, each.name, names.get(each.area_code, ""), *counts.get(each.code, ()))
        for each in found.rows
    ]
    return Paged(rows, found.total, found.page, found.pages)


def member(session: Session, code: str, *, top: str | None) -> Worker:
    """Return a worker in service of an area; raise NotFound for any other."""
    found: Worker | None = session.scalar(_members(top).where(Worker.code == code))
    if found is None:
        raise NotFound(_("没有这位网格员，或不归您管。"))
    return found


def cases_of(session: Session, worker: Worker, *, top: str | None, page: int) -> Paged[Case]:
    """Return a page of the cases that a worker keeps in an area, the most urgent first."""
    own = select(Case).where(_kept(top), Case.worker_code == worker.code)
    return page_of(session, own.order_by(*MOST_URGENT), page=page, size=SIZE)


def one(session: Session, case_id: int, *, top: str | None) -> Case:
    """Return a case that a worker keeps in an area; raise NotFound for any other."""
    found: Case | None = session.scalar(select(Case).where(_kept(top), Case.id == case_id))
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def colleagues(session: Session, case: Case, *, top: str | None, sought: str = "") -> dict[str, str]:
    """Return whom a case may be given to, by code: who was looked for, else the nearest of the team."""
    query = _members(top).where(_has_account(), Worker.code != case.worker_code)
    if sought:
        named = Worker.name.contains(sought, autoescape=True)
        query = query.where(named | Worker.code.icontains(sought, autoescape=True))
    community = select(Area.parent_code).where(Area.code == case.grid_code).scalar_subquery()
    own = select(Area.code).where(Area.parent_code == community)
    near = when((Worker.area_code == case.grid_code, 0), (Worker.area_code.in_(own), 1), else_=2)
    found = session.scalars(query.order_by(near, Worker.code).limit(NEARBY))
    return {each.code: f"{each.name}（{each.code}）" for each in found}


def can_take(session: Session, code: str, *, top: str | None) -> bool:
    """Tell whether a worker of the team can take a case: in service, with an account in use."""
    return session.scalar(_members(top).where(_has_account(), Worker.code == code)) is not None


def _members(top: str | None) -> Select[Any]:
    query = select(Worker).where(Worker.active)
    return query.where(Worker.area_code.in_(_inside(top))) if top else query


def _inside(top: str) -> Select[Any]:
    return select(LINEAGE.c.code).where(LINEAGE.c.ancestor == top)


def _kept(top: str | None) -> ColumnElement[bool]:
    kept = (Case.keeper == "worker") & (Case.holder != lifecycle.NOBODY) & Case.worker_code.is_not(None)
    return kept & Case.grid_code.in_(_inside(top)) if top else kept


def _has_account() -> ColumnElement[bool]:
    return exists().where(Account.role == WORKER, Account.active, Account.worker_code == Worker.code)


def _counts(session: Session, workers: list[str], *, now: datetime) -> dict[str, tuple[int, int, int, int]]:
    """Return each worker's cases: new, in hand, waiting for others, and how many are late."""
    here = Case.holder == Case.keeper
    new = Case.state == "registered"

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(when((condition, 1), else_=0)), 0)

    query = (
        select(
            Case.worker_code,
            number(here & new),
            number(here & ~new),
            number(~here),
            number(here & (Case.due_at < now)),
        )
        .where(_kept(None), Case.worker_code.in_(workers))
        .group_by(Case.worker_code)
    )
    return {str(code): (a, b, c, d) for code, a, b, c, d in session.execute(query)}


def _area_names(session: Session, codes: set[str]) -> dict[str, str]:
    rows = session.execute(select(Area.code, Area.name).where(Area.code.in_(codes)))
    return {code: name for code, name in rows}  # noqa: C416
