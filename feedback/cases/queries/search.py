"""Cases in one's own hands, looked for by number, words, place and state: one query for every desk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from feedback import codes
from feedback.cases.queries.desks import LINEAGE, MOST_URGENT, Desk, on_desk
from feedback.cases.rules import codes as case_codes
from feedback.cases.rules import lifecycle
from feedback.cases.rules.search import OVER, CaseSearch
from feedback.models import Area, Case, Whistle
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged
from huying.base.phones import Vault

SIZE = 20


def find(session: Session, desk: Desk, wanted: CaseSearch, *, vault: Vault) -> Paged[Case]:
    """Return a page of the cases that whoever sits at the desk may look at, the most urgent first."""
    query = select(Case).where(_own(desk)).options(selectinload(Case.whistles))
    if wanted.state:
        over = Case.holder == lifecycle.NOBODY
        query = query.where(over if wanted.state == OVER else ~over & (Case.state == wanted.state))
    if wanted.words:
        query = query.where(says(wanted, vault=vault))
    return page_of(session, query.order_by(*_open_first()), page=wanted.page, size=SIZE)


def _own(desk: Desk) -> ColumnElement[bool]:
    """Return what a desk may look at: what is on it, and what it follows on the desks of others."""
    if desk.worker_code is not None:
        return (Case.worker_code == desk.worker_code) & (Case.holder != lifecycle.NOBODY)
    kind, _colon, department = desk.actor.partition(":")
    if kind == "dept" and desk.actor != lifecycle.COORDINATION:
        called = exists().where(Whistle.case_id == Case.id, Whistle.department_code == department)
        return or_(on_desk(desk), called)
    return on_desk(desk)


def says(wanted: CaseSearch, *, vault: Vault) -> ColumnElement[bool]:
    """Tell which cases hold all of the words, in text, place or area, or are called by the number."""
    return or_(and_(*(_holds(word) for word in wanted.words)), is_called(wanted, vault=vault))


def is_called(wanted: CaseSearch, *, vault: Vault) -> ColumnElement[bool]:
    """Tell which cases are called by a number: the case's own, its source's, or its receipt."""
    found = [Case.external_id == wanted.text.strip()]
    if wanted.number:
        found.append(Case.code.endswith(wanted.number))
    receipt = codes.normalise_receipt(wanted.text)
    if receipt is not None and codes.is_receipt(receipt):
        found.append(Case.receipt_hash == case_codes.receipt_hash(vault, receipt))
    return or_(*found)


def _holds(word: str) -> ColumnElement[bool]:
    """Tell whether a word stands in what was written, or in the name of an area around the case."""
    columns = (Case.category, Case.detail, Case.text, Case.place)
    written = [column.icontains(word, autoescape=True) for column in columns]
    named = select(Area.code).where(Area.name.icontains(word, autoescape=True))
    around: Select[Any] = select(LINEAGE.c.code).where(LINEAGE.c.ancestor.in_(named))
    return or_(*written, Case.grid_code.in_(around))


def _open_first() -> tuple[Any, ...]:
    return (Case.holder == lifecycle.NOBODY, *MOST_URGENT)
