"""Workers as the grid office keeps them: who is in service where, with what in hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from feedback.models import Area, Case, Worker
from feedback.web.queries import lookups
from huying.base.errors import NotFound
from huying.base.i18n import _

MOST = 200


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A worker, the name of the area, and how many open cases are on the worker's desk."""

    worker: Worker
    area: str
    cases: int


def listed(session: Session, *, top: str | None, wanted: str = "") -> Sequence[StaffMember]:
    """Return the workers of an area, those in service first, whose name or code contains `wanted`."""
    known = lookups.areas(session)
    query = select(Worker).order_by(Worker.active.desc(), Worker.code)
    if wanted:
        query = query.where(
            or_(Worker.name.contains(wanted, autoescape=True), Worker.code.contains(wanted, autoescape=True))
        )
    own = [each for each in session.scalars(query) if _inside(known, each, top)][:MOST]
    held = _held(session, [each.code for each in own])
    return [_member(known, each, held) for each in own]


def one(session: Session, code: str, *, top: str | None) -> StaffMember:
    """Return a worker of an area; raise NotFound for any other."""
    known, worker = lookups.areas(session), session.get(Worker, code)
    if worker is None or not _inside(known, worker, top):
        raise NotFound(_("没有这位网格员，或不归您管。"))
    return _member(known, worker, _held(session, [code]))


def _inside(known: dict[str, Area], worker: Worker, top: str | None) -> bool:
    return lookups.is_inside(known, known.get(worker.area_code), top)


def _member(known: dict[str, Area], worker: Worker, held: Mapping[str, int]) -> StaffMember:
    area = known.get(worker.area_code)
    name = lookups.full_name(known, area) if area else ""
    return StaffMember(worker, name, held.get(worker.code, 0))


def _held(session: Session, workers: Collection[str]) -> dict[str, int]:
    """Return how many open cases are each worker's."""
    query = select(Case.worker_code, func.count(Case.id)).where(
        Case.worker_code.in_(workers), Case.holder != ""
    )
    return {str(code): count for code, count in session.execute(query.group_by(Case.worker_code))}
