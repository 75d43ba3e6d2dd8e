"""On which desk each case is, asked of the database: an account in use that can act on it now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CTE, ColumnElement, SQLColumnExpression, case, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from feedback.cases.rules import lifecycle
from feedback.cases.rules.desks import NOT_HERE, Staffing
from feedback.models import Account, Area, Case, Department, Duty, Worker
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, GRID_LEADER, OFFICE, WORKER
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged
from huying.base.errors import NotFound

MOST_URGENT = (case((Case.urgency == "life", 0), else_=1), Case.due_at, Case.id)
"""Life and property first, then by deadline."""
SIZE = 20
"""How many cases a page of a desk shows."""


def _lineage() -> CTE:
    """Return every area with itself and each area above it."""
    own = select(Area.code.label("code"), Area.code.label("ancestor")).cte("lineage", recursive=True)
    above = select(own.c.code, Area.parent_code).join(Area, Area.code == own.c.ancestor)
    return own.union(above.where(Area.parent_code.is_not(None)))


LINEAGE = _lineage()


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk as an account sits at it: whose moves it may do, which worker's, in which area (None: all)."""

    actor: str
    worker_code: str | None = None
    area_code: str | None = None


def on(session: Session, desk: Desk) -> list[Case]:
    """Return the cases on a desk, the most urgent first."""
    return list(session.scalars(select(Case).where(on_desk(desk)).order_by(*MOST_URGENT)))


def to_do(session: Session, desk: Desk, *, page: int = 1) -> Paged[Case]:
    """Return a page of the cases on a desk that wait for whoever sits there, the most urgent first."""
    own = select(Case).where(on_desk(desk), Case.holder == Case.keeper)
    own = own.options(selectinload(Case.whistles), selectinload(Case.steps))
    return page_of(session, own.order_by(*MOST_URGENT), page=page, size=SIZE)


def waiting(session: Session, desk: Desk) -> Paged[Case]:
    """Return the first of the cases on a desk that wait for the resident, or stand still for a time."""
    others = select(Case).where(on_desk(desk), Case.holder != Case.keeper)
    others = others.options(selectinload(Case.whistles))
    return page_of(session, others.order_by(*MOST_URGENT), page=1, size=SIZE)


def one_on(session: Session, case_id: int, desk: Desk) -> Case:
    """Return a case on a desk; raise NotFound for any other."""
    found = session.scalar(select(Case).where(on_desk(desk), Case.id == case_id))
    if found is None:
        raise NotFound(NOT_HERE)
    return found


def nowhere(session: Session) -> list[Case]:
    """Return the cases that aren't over and on no desk: none, while the invariant holds."""
    lost = select(Case).where(_running(), _desk().is_(None))
    return list(session.scalars(lost.order_by(Case.id)))


def of_case(session: Session, found: Case) -> str | None:
    """Return on whose desk a case is, spelt like a holder, or None."""
    return session.scalar(select(_desk()).where(Case.id == found.id))


def staffing(session: Session, found: Case) -> Staffing:
    """Return which accounts in use could act on a case, as the policy knows them."""
    asked = select(_own_worker(), _covered(GRID_LEADER), _covered(COORDINATOR)).where(Case.id == found.id)
    worker, office, coordinator = map(bool, session.execute(asked).one())
    return Staffing(worker, office, _manned(session), coordinator)


def unmanned_departments(session: Session) -> dict[str, int]:
    """Return how many cases each department holds that has no account in use, by name."""
    held = lifecycle.department("") + Department.code
    query = (
        select(Department.name, func.count())
        .join(Case, Case.keeper == held)
        .where(_running(), ~_has_officer(Department.code))
        .group_by(Department.name)
        .order_by(Department.name)
    )
    return {name: count for name, count in session.execute(query)}  # noqa: C416


def workers_without_account(session: Session) -> int:
    """Return how many workers in service hold a duty without an end and have no account in use."""
    query = select(func.count(Worker.code)).where(
        Worker.active,
        exists().where(Duty.worker_code == Worker.code, Duty.retracted_at.is_(None), Duty.valid_to.is_(None)),
        ~exists().where(Account.role == WORKER, Account.active, Account.worker_code == Worker.code),
    )
    return session.scalar(query) or 0


def on_desk(desk: Desk) -> ColumnElement[bool]:
    """Tell whether a case is on a desk, within its area."""
    found = _running() & (_desk() == desk.actor)
    if desk.worker_code is not None:
        found &= Case.worker_code == desk.worker_code
    if desk.area_code is not None:
        inside = select(LINEAGE.c.code).where(LINEAGE.c.ancestor == desk.area_code)
        placed = Case.grid_code.in_(inside)
        lost = desk.actor == lifecycle.COORDINATION
        found &= or_(placed, Case.grid_code.is_(None)) if lost else placed
    return found


def _running() -> ColumnElement[bool]:
    return Case.holder != lifecycle.NOBODY


def _desk() -> ColumnElement[str | None]:
    """Return the rule of `desks.desk` as an expression over cases and accounts."""
    ground = Case.keeper.in_(("worker", OFFICE))
    officer = _has_officer(func.substr(Case.keeper, len(lifecycle.department("")) + 1))
    return case(
        (_own_worker(), "worker"),
        (ground & _covered(GRID_LEADER), OFFICE),
        (Case.keeper.like("dept:%") & (Case.keeper != lifecycle.COORDINATION) & officer, Case.keeper),
        (_covered(COORDINATOR), lifecycle.COORDINATION),
        else_=None,
    )


def _own_worker() -> ColumnElement[bool]:
    own = exists().where(Account.role == WORKER, Account.active, Account.worker_code == Case.worker_code)
    return (Case.keeper == "worker") & own.correlate(Case)


def _has_officer(code: SQLColumnExpression[str]) -> ColumnElement[bool]:
    seated = exists().where(
        Account.role == DEPARTMENT_OFFICER, Account.active, Account.department_code == code
    )
    return seated.correlate_except(Account)


def _covered(role: str) -> ColumnElement[bool]:
    """Tell whether an account of a role in use looks after the case's grid; a coordinator, what has none."""
    seated = (Account.role == role, Account.active)
    areas = select(Account.area_code).where(*seated, Account.area_code.is_not(None))
    inside = select(LINEAGE.c.code).where(LINEAGE.c.ancestor.in_(areas))
    covered = or_(exists().where(*seated, Account.area_code.is_(None)), Case.grid_code.in_(inside))
    if role == COORDINATOR:
        return or_(covered, Case.grid_code.is_(None) & exists().where(*seated))
    return covered


def _manned(session: Session) -> frozenset[str]:
    seated = select(Account.department_code).where(
        Account.role == DEPARTMENT_OFFICER, Account.active, Account.department_code.is_not(None)
    )
    return frozenset(lifecycle.department(str(code)) for code in session.scalars(seated))


def where() -> ColumnElement[str | None]:
    """Return on whose desk each case is, spelt like a holder, as an expression; NULL is nobody's."""
    return _desk()
