"""What each worker has in hand: by area, never in an order that ranks anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.duty import queries as duty
from feedback.models import Area, Case, Worker
from feedback.oversight.queries.cases import RUNNING, Overseer, inside
from feedback.web.queries import lookups


@dataclass(frozen=True, slots=True)
class WorkerLoad:
    """A worker in service: the grids held now, their households, and the cases in hand or followed.

    `households` is None where the office has said of no grid how many it has; `unsaid` are the grids it
    said nothing of.
    """

    worker: Worker
    home: str
    grids: tuple[str, ...]
    households: int | None
    unsaid: int
    in_hand: int
    followed: int


def loads(session: Session, *, seen_by: Overseer, now: datetime) -> list[WorkerLoad]:
    """Return the workers in service of an area with what they have, by area and name."""
    known = lookups.areas(session)
    held = _held(session, known, now=now)
    counts = _counts(session, seen_by)
    staff = session.scalars(select(Worker).where(Worker.active))
    seen = (each for each in staff if lookups.is_inside(known, known.get(each.area_code), seen_by.area_code))
    found = [_load(worker, known, held.get(worker.code, []), counts) for worker in seen]
    return sorted(found, key=lambda each: (lookups.line(known, each.worker.area_code), each.worker.name))


def _load(
    worker: Worker, known: dict[str, Area], grids: list[Area], counts: Mapping[tuple[str, bool], int]
) -> WorkerLoad:
    said = [grid.households for grid in grids if grid.households is not None]
    home = known.get(worker.area_code)
    return WorkerLoad(
        worker=worker,
        home=lookups.full_name(known, home) if home else worker.area_code,
        grids=tuple(lookups.full_name(known, grid) for grid in grids),
        households=sum(said) if said else None,
        unsaid=len(grids) - len(said),
        in_hand=counts.get((worker.code, True), 0),
        followed=counts.get((worker.code, False), 0),
    )


def _held(session: Session, known: Mapping[str, Area], *, now: datetime) -> dict[str, list[Area]]:
    grids = [code for code, area in known.items() if area.level == "grid"]
    found: dict[str, list[Area]] = {}
    for code, worker in sorted(duty.serving(session, grids, at=now).items()):
        found.setdefault(worker, []).append(known[code])
    return found


def _counts(session: Session, seen_by: Overseer) -> dict[tuple[str, bool], int]:
    """Return how many cases each worker holds, and how many others on the worker's ground go on elsewhere."""
    in_hand = Case.holder == "worker"
    query = select(Case.worker_code, in_hand, func.count(Case.id)).where(RUNNING, inside(seen_by))
    rows = session.execute(query.where(Case.worker_code.is_not(None)).group_by(Case.worker_code, in_hand))
    return {(str(worker), bool(own)): count for worker, own, count in rows}
