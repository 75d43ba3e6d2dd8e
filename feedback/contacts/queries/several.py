"""Whom to call in many grids at once: the answers of `answer`, in as many statements as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.queries.answer import ContactAnswer, Sources, composed
from feedback.duty import queries as duty
from feedback.models import Area, Contact, Duty, Fallback, PostPhone, Worker
from huying.base.phones import Vault

Steps = Mapping[str, list[tuple[Fallback, Contact]]]


def answers(
    session: Session, grids: Collection[str], *, at: datetime, vault: Vault
) -> dict[str, ContactAnswer]:
    """Return whom to call in each of these grids at `at`; an unknown grid isn't there."""
    areas = {area.code: area for area in session.scalars(select(Area))}
    rows = _grouped((row.grid_code, row) for row in session.scalars(_every(grids)))
    on_duty = {grid: found for grid in grids if (found := duty.told(rows[grid], at=at)) is not None}
    workers = _workers(session, {row.worker_code for row in on_duty.values()})
    own, posts, chain = _own(session, workers), _posts(session, on_duty), _steps(session)
    sources: dict[str, Sources] = {}
    for grid in grids:
        lineage = _lineage(areas, grid)
        worker = workers.get(on_duty[grid].worker_code) if grid in on_duty else None
        if lineage:
            sources[grid] = Sources(
                lineage=lineage,
                rows=rows[grid],
                worker=worker,
                chain=[step for area in lineage for step in chain[area.code]],
                own=own[worker.code] if worker else (),
                post=posts.get(grid) if worker else None,
            )
    return {grid: composed(each, at=at, vault=vault) for grid, each in sources.items()}


def _every(grids: Collection[str]) -> Any:
    return select(Duty).where(Duty.grid_code.in_(grids)).order_by(Duty.valid_from, Duty.id)


def _workers(session: Session, codes: Collection[str]) -> dict[str, Worker]:
    return {each.code: each for each in session.scalars(select(Worker).where(Worker.code.in_(codes)))}


def _own(session: Session, workers: Collection[str]) -> Mapping[str, list[Contact]]:
    query = select(Contact).where(Contact.worker_code.in_(workers))
    ordered = query.order_by(Contact.kind != "mobile", Contact.id)
    return _grouped((str(each.worker_code), each) for each in session.scalars(ordered))


def _posts(session: Session, grids: Collection[str]) -> dict[str, Contact]:
    query = select(PostPhone.grid_code, Contact).join(Contact, Contact.id == PostPhone.contact_id)
    return {grid: each for grid, each in session.execute(query.where(PostPhone.grid_code.in_(grids)))}  # noqa: C416


def _steps(session: Session) -> Steps:
    """Return the chain's steps of each area, in their order."""
    query = select(Fallback, Contact).join(Contact, Contact.id == Fallback.contact_id)
    ordered = session.execute(query.order_by(Fallback.area_code, Fallback.position))
    return _grouped((step.area_code, (step, contact)) for step, contact in ordered)


def _lineage(areas: Mapping[str, Area], code: str) -> list[Area]:
    lineage: list[Area] = []
    area = areas.get(code)
    while area is not None and area not in lineage:
        lineage.append(area)
        area = areas.get(area.parent_code or "")
    return lineage


def _grouped(pairs: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return found
