"""All cases of an area, narrowed by a filter, by deadline and by pages; the same statements however many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select, true
from sqlalchemy.orm import Session, load_only

from feedback.cases.queries import desks, search
from feedback.cases.queries.desks import LINEAGE
from feedback.cases.rules.lifecycle import COORDINATION, DISTRICT, NOBODY, PAUSE
from feedback.cases.rules.search import CaseSearch
from feedback.models import Case
from feedback.oversight.rules import filters
from feedback.oversight.rules.filters import CaseFilter
from feedback.web.queries import paging
from feedback.web.rules.paging import Paged
from huying.base import clock
from huying.base.clock import LOCAL
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.phones import Vault

PAGE, ON_PAPER = 50, 500
BATCH = 1000
RUNNING = Case.holder != literal_column("''")
"""Written out as the index has it: a database can't tell that a parameter says the same."""

SHOWN = (
    Case.id,
    Case.code,
    Case.external_id,
    Case.source,
    Case.grid_code,
    Case.category,
    Case.detail,
    Case.place,
    Case.urgency,
    Case.opened_at,
    Case.declared_at,
    Case.due_at,
    Case.state,
    Case.holder,
    Case.keeper,
    Case.round,
    Case.idling,
)
"""What a list says of a case: no contact, nothing that a resident said of anybody."""


@dataclass(frozen=True, slots=True)
class Overseer:
    """How far somebody sees: an area and those below it, all where there is none; and what has no grid."""

    area_code: str | None = None
    sees_unplaced: bool = True


def page_of(
    session: Session,
    wanted: CaseFilter,
    *,
    seen_by: Overseer,
    page: int,
    vault: Vault,
    now: datetime,
    size: int = PAGE,
) -> Paged[Case]:
    """Return a page of the cases that a filter leaves, by deadline; past the last one, the last."""
    return paging.page_of(
        session, _listed(wanted, seen_by=seen_by, vault=vault, now=now), page=page, size=size
    )


def every(
    session: Session,
    wanted: CaseFilter,
    *,
    seen_by: Overseer,
    vault: Vault,
    now: datetime,
    batch: int = BATCH,
) -> Iterator[Case]:
    """Yield all cases that a filter leaves, in the list's order, a batch in memory at a time."""
    listed = _listed(wanted, seen_by=seen_by, vault=vault, now=now)
    yield from session.scalars(listed.execution_options(yield_per=batch))


def one(session: Session, case_id: int, *, seen_by: Overseer) -> Case:
    """Return a case of the overseer's area; raise NotFound for any other."""
    found = session.scalar(select(Case).where(Case.id == case_id, inside(seen_by)))
    if found is None:
        raise NotFound(_("没有这件事，或不在您管的区域里。"))
    return found


def categories(session: Session) -> list[str]:
    """Return what kinds of matters there are."""
    return list(session.scalars(select(Case.category).distinct().order_by(Case.category)))


def inside(seen_by: Overseer) -> ColumnElement[bool]:
    """Tell which cases an overseer sees."""
    if seen_by.area_code is None:
        return true() if seen_by.sees_unplaced else Case.grid_code.is_not(None)
    placed = _in_area(seen_by.area_code)
    return or_(placed, Case.grid_code.is_(None)) if seen_by.sees_unplaced else placed


def due(which: str, *, now: datetime) -> ColumnElement[bool]:
    """Tell which cases are overdue, or fall due before this day ends; those that wait are neither."""
    if not which:
        return true()
    runs = and_(RUNNING, Case.state.not_in(filters.WAITS))
    if which == "overdue":
        return and_(runs, Case.due_at < now)
    return and_(runs, Case.due_at >= now, Case.due_at < end_of_day(now))


def end_of_day(now: datetime) -> datetime:
    """Return when the day of `now` ends, by the clock of the place."""
    return _midnight(clock.local(now).date() + timedelta(days=1))


def at_desk(kind: str) -> ColumnElement[bool]:
    """Tell which cases are on desks of a kind; only those that aren't over are on any."""
    if not kind:
        return true()
    where = desks.where()
    found: Mapping[str, ColumnElement[bool]] = {
        "nowhere": where.is_(None),
        "coordination": where == COORDINATION,
        "district": where == DISTRICT,
        "dept": and_(where.like("dept:%"), where.not_in((COORDINATION, DISTRICT))),
    }
    return and_(RUNNING, found.get(kind, where == kind))


def _listed(wanted: CaseFilter, *, seen_by: Overseer, vault: Vault, now: datetime) -> Select[Case]:
    """Return the query of a list: what runs by what is due first, else by what was due last."""
    shown = select(Case).options(load_only(*SHOWN, raiseload=True))
    narrowed = shown.where(*_conditions(wanted, seen_by=seen_by, vault=vault, now=now))
    if wanted.scope in filters.LATEST_FIRST:
        return narrowed.order_by(Case.due_at.desc(), Case.id.desc())
    return narrowed.order_by(Case.due_at, Case.id)


def _conditions(
    wanted: CaseFilter, *, seen_by: Overseer, vault: Vault, now: datetime
) -> Iterator[ColumnElement[bool]]:
    """Yield what a case has to be to fit a filter."""
    yield from (inside(seen_by), _of_scope(wanted.scope), due(wanted.due, now=now), at_desk(wanted.desk))
    if wanted.words:
        yield _worded(wanted.words, vault=vault)
    if wanted.holder:
        pauses = Case.holder.like(f"{PAUSE}:%")
        yield pauses if wanted.holder == PAUSE else Case.holder == wanted.holder
    if wanted.area:
        yield Case.grid_code.is_(None) if wanted.area == filters.NO_GRID else _in_area(wanted.area)
    if wanted.category:
        yield Case.category == wanted.category
    if wanted.idling:
        yield Case.idling != ""
    if wanted.since:
        yield Case.opened_at >= _midnight(wanted.since)
    if wanted.until:
        yield Case.opened_at < _midnight(wanted.until + timedelta(days=1))


def _of_scope(scope: str) -> ColumnElement[bool]:
    if scope == filters.ALL:
        return true()
    if scope == filters.OVER:
        return Case.holder == NOBODY
    if scope == filters.CLOSED:
        return Case.state.in_(filters.ANSWERED_ALIKE)
    if scope == filters.RUNS:
        return RUNNING
    return and_(RUNNING, Case.state == scope) if scope != "ended" else Case.state == scope


def _worded(words: str, *, vault: Vault) -> ColumnElement[bool]:
    """Tell which cases have a number, or say all of these words; a telephone number finds nothing."""
    wanted = CaseSearch(words)
    called = or_(search.is_called(wanted, vault=vault), Case.code == words.upper())
    return called if filters.could_be_a_number(words) else or_(called, search.says(wanted, vault=vault))


def _in_area(code: str) -> ColumnElement[bool]:
    return Case.grid_code.in_(select(LINEAGE.c.code).where(LINEAGE.c.ancestor == code))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL).astimezone(UTC)
