"""Print jobs and what they print, read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.codes import CITY_LINE
from feedback.contacts.queries import numbers
from feedback.contacts.queries.answer import surname
from feedback.models import Area, Badge, Contact, Fallback, Poster, PrintJob, PrintProof, Worker
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault


@dataclass(frozen=True, slots=True)
class Institutions:
    """The numbers that a community's posters print: its office's, and the one that takes dialled codes."""

    office: str
    office_number: str
    call_in: str


def one(session: Session, job_id: int) -> PrintJob:
    """Return a job; raise NotFound."""
    job = session.get(PrintJob, job_id)
    if job is None:
        raise NotFound(_("没有这个印刷任务。"))
    return job


def communities(session: Session, job: PrintJob) -> list[str]:
    """Return the communities of a job that have anything to print, by code."""
    return sorted(
        {
            above
            for grid, above in _grids(session, job.area_code).items()
            if above is not None and grid in _grids_used(session, job.kind)
        }
    )


def proofs(session: Session, job_id: int) -> dict[str, PrintProof]:
    """Return a job's proofs by community."""
    found = session.scalars(select(PrintProof).where(PrintProof.job_id == job_id))
    return {proof.community_code: proof for proof in found}


def posters_of(session: Session, community: str) -> list[tuple[Poster, Area]]:
    """Return a community's posters in use with their grids, by grid and place."""
    query = (
        select(Poster, Area)
        .join(Area, Area.code == Poster.grid_code)
        .where(Area.parent_code == community, Poster.retired_at.is_(None))
        .order_by(Area.code, Poster.id)
    )
    return [(poster, area) for poster, area in session.execute(query)]


def badges_of(session: Session, community: str) -> list[tuple[Badge, Worker, Area]]:
    """Return the valid badges of a community's workers, by worker."""
    query = (
        select(Badge, Worker, Area)
        .join(Worker, Worker.code == Badge.worker_code)
        .join(Area, Area.code == Worker.area_code)
        .where(Area.parent_code == community, Badge.retired_at.is_(None))
        .order_by(Worker.code)
    )
    return [(badge, worker, area) for badge, worker, area in session.execute(query)]


def names_above(session: Session, community: str) -> str:
    """Return a community's name led by its street's."""
    area = session.get_one(Area, community)
    street = session.get(Area, area.parent_code) if area.parent_code else None
    return f"{street.name} {area.name}" if street else area.name


def printed_name(worker: Worker) -> str:
    """Return what a badge prints of a worker's name: the surname alone."""
    return surname(worker.name)


def institutions(session: Session, community: str, *, vault: Vault) -> Institutions:
    """Return the numbers for a community's posters; the city's line where an office has none."""
    found: list[tuple[str, str]] = []
    area = session.get(Area, community)
    while area is not None:
        chain = (
            select(Contact)
            .join(Fallback)
            .where(Fallback.area_code == area.code, Fallback.leader.is_(False))
            .order_by(Fallback.position)
        )
        found += [
            (str(contact.office_name), numbers.number_of(contact, vault=vault))
            for contact in session.scalars(chain)
        ]
        area = session.get(Area, area.parent_code) if area.parent_code else None
    first, last = (found[0], found[-1]) if found else (("市民热线", CITY_LINE), ("市民热线", CITY_LINE))
    return Institutions(first[0], first[1], last[1])


def is_unchanged(path: Path, proof: PrintProof) -> bool:
    """Tell whether a file is there and is the very one that was proven."""
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == proof.digest


def latest(session: Session, *, most: int) -> list[PrintJob]:
    """Return the latest jobs, the newest first."""
    return list(session.scalars(select(PrintJob).order_by(PrintJob.id.desc()).limit(most)))


def proven_count(session: Session, jobs: Sequence[PrintJob]) -> Mapping[int, int]:
    """Return how many communities of each job are proven."""
    query = (
        select(PrintProof.job_id, func.count())
        .where(PrintProof.job_id.in_([job.id for job in jobs]))
        .group_by(PrintProof.job_id)
    )
    found: dict[int, int] = defaultdict(int)
    return found | {job: count for job, count in session.execute(query)}  # noqa: C416


def _grids(session: Session, top: str | None) -> dict[str, str | None]:
    """Return the grids below an area, or all, each with the area above it."""
    areas = {
        code: (above, level, retired)
        for code, above, level, retired in session.execute(
            select(Area.code, Area.parent_code, Area.level, Area.retired_at)
        )
    }
    if top is not None and top not in areas:
        raise Invalid(_("没有这个区域。"))

    def inside(code: str | None) -> bool:
        while code is not None and code != top:
            code = areas[code][0]
        return code is not None

    return {
        code: above
        for code, (above, level, retired) in areas.items()
        if level == "grid" and retired is None and (top is None or inside(code))
    }


def _grids_used(session: Session, kind: str) -> set[str]:
    if kind == "poster":
        return set(session.scalars(select(Poster.grid_code).where(Poster.retired_at.is_(None)).distinct()))
    worked = select(Worker.area_code).join(Badge).where(Badge.retired_at.is_(None))
    return set(session.scalars(worked.distinct()))
