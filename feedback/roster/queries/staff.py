"""Workers as the grid office keeps them: who is in service where, with what in hand."""

from __future__ import annotations

from collections.abc import Sequence
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
    return [_member(session, known, each) for each in own]


def one(session: Session, code: str, *, top: str | None) -> StaffMember:
    """Return a worker of an area; raise NotFound for any other."""
    known, worker = lookups.areas(session), session.get(Worker, code)
    if worker is None or not _inside(known, worker, top):
        raise NotFound(_("没有这位网格员，或不归您管。"))
    return _member(session, known, worker)


def _inside(known: dict[str, Area], worker: Worker, top: str | None) -> bool:
    return lookups.is_inside(known, known.get(worker.area_code), top)


def _member(session: Session, known: dict[str, Area], worker: Worker) -> StaffMember:
    held = select(func.count(Case.id)).where(Case.worker_code == worker.code, Case.holder != "")
    area = known.get(worker.area_code)
    name = lookups.full_name(known, area) if area else ""
    return StaffMember(worker, name, session.scalar(held) or 0)
