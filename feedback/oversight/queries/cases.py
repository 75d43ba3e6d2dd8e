"""All cases of an area, narrowed by a filter, by deadline and by pages; the same statements however many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, true
from sqlalchemy.orm import Session, load_only

from feedback import codes
from feedback.cases.queries import desks
from feedback.cases.queries.desks import LINEAGE
from feedback.cases.rules import codes as case_codes
from feedback.cases.rules.lifecycle import COORDINATION, DISTRICT, NOBODY, PAUSE
from feedback.models import Case
from feedback.oversight.rules import filters
from feedback.oversight.rules.filters import CaseFilter
from huying.base import clock
from huying.base.clock import LOCAL
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.phones import Vault

Counted = TypeVar("Counted")
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


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of a list, and how long the whole list is."""

    rows: list[Case]
    total: int
    page: int
    pages: int


def page_of(
    session: Session,
    wanted: CaseFilter,
    *,
    seen_by: Overseer,
    page: int,
    vault: Vault,
    now: datetime,
    size: int = PAGE,
) -> CasePage:
    """Return a page of the cases that a filter leaves, by deadline; past the last one, the last."""
    narrowed = narrow(select(func.count(Case.id)), wanted, seen_by=seen_by, vault=vault, now=now)
    total = session.scalar(narrowed) or 0
    pages = max(1, -(-total // size))
    page = min(max(page, 1), pages)
    listed = _in_order(_shown(wanted, seen_by=seen_by, vault=vault, now=now), wanted)
    rows = session.scalars(listed.offset((page - 1) * size).limit(size)).all()
    return CasePage(list(rows), total, page, pages)


def every(
    session: Session, wanted: CaseFilter, *, seen_by: Overseer, vault: Vault, now: datetime
) -> Iterator[Case]:
    """Yield all cases that a filter leaves, in the list's order, a batch in memory at a time."""
    listed = _in_order(_shown(wanted, seen_by=seen_by, vault=vault, now=now), wanted)
    for batch in session.scalars(listed.execution_options(yield_per=BATCH)).partitions():
        yield from batch
        session.expunge_all()


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


def narrow(
    query: Select[Counted], wanted: CaseFilter, *, seen_by: Overseer, vault: Vault, now: datetime
) -> Select[Counted]:
    """Return a query of cases with all of a filter's conditions."""
    conditions = (
        inside(seen_by),
        _of_scope(wanted.scope),
        _worded(wanted.words, vault=vault),
        _held_by(wanted.holder),
        at_desk(wanted.desk),
        _of_area(wanted.area),
        Case.category == wanted.category if wanted.category else true(),
        due(wanted.due, now=now),
        Case.idling != "" if wanted.idling else true(),
        Case.opened_at >= _midnight(wanted.since) if wanted.since else true(),
        Case.opened_at < _midnight(wanted.until + timedelta(days=1)) if wanted.until else true(),
    )
    return query.where(*conditions)


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


def _shown(wanted: CaseFilter, *, seen_by: Overseer, vault: Vault, now: datetime) -> Select[Case]:
    query = select(Case).options(load_only(*SHOWN, raiseload=True))
    return narrow(query, wanted, seen_by=seen_by, vault=vault, now=now)


def _in_order(query: Select[Case], wanted: CaseFilter) -> Select[Case]:
    """Order what runs by what is due first, and what is over, or both, by what was due last."""
    if wanted.scope in {filters.ALL, filters.OVER, filters.CLOSED, "ended"}:
        return query.order_by(Case.due_at.desc(), Case.id.desc())
    return query.order_by(Case.due_at, Case.id)


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


def _held_by(holder: str) -> ColumnElement[bool]:
    if not holder:
        return true()
    return Case.holder.like(f"{PAUSE}:%") if holder == PAUSE else Case.holder == holder


def _worded(words: str, *, vault: Vault) -> ColumnElement[bool]:
    """Tell which cases have a number, or say all of these words somewhere; telephone numbers find nothing."""
    if not words:
        return true()
    numbered = [func.upper(Case.code) == words.upper(), Case.external_id == words]
    receipt = codes.normalise_receipt(words)
    if receipt is not None and codes.is_receipt(receipt):
        numbered.append(Case.receipt_hash == case_codes.receipt_hash(vault, receipt))
    if filters.could_be_a_number(words):
        return or_(*numbered)
    return or_(*numbered, and_(*(_said(word) for word in words.split())))


def _said(word: str) -> ColumnElement[bool]:
    columns = (Case.text, Case.place, Case.detail, Case.category)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _of_area(code: str) -> ColumnElement[bool]:
    if not code:
        return true()
    return Case.grid_code.is_(None) if code == filters.NO_GRID else _in_area(code)


def _in_area(code: str) -> ColumnElement[bool]:
    return Case.grid_code.in_(select(LINEAGE.c.code).where(LINEAGE.c.ancestor == code))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL).astimezone(UTC)
