"""Jobs that print: what was asked, which files came of it, each with its proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.codes import CITY_LINE
from feedback.contacts.queries import numbers
from feedback.contacts.queries.answer import surname
from feedback.models import Area, Badge, Contact, Fallback, Poster, PrintJob, PrintProof, Worker
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks

BY_COMMAND = "command line"
"""Who asks for jobs that the command itself carries out."""
KINDS = ("poster", "badge")
PAPERS = ("a4", "a3")
LANGUAGES = ("zh", "both")


@dataclass(frozen=True, slots=True)
class Institutions:
    """The numbers that a community's posters print: its office's, and the one that takes dialled codes."""

    office: str
    office_number: str
    call_in: str


def ask(
    session: Session,
    *,
    kind: str,
    area_code: str | None,
    paper: str,
    language: str,
    by: str,
    now: datetime,
    once: str | None = None,
) -> PrintJob:
    """Store that sheets are wanted of an area (None: of all); raise Invalid if there is nothing to print."""
    locks.hold(session, "print")
    known = session.scalar(select(PrintJob).where(PrintJob.once == once)) if once else None
    if known is not None:
        return known
    if kind not in KINDS or paper not in PAPERS or language not in LANGUAGES:
        raise Invalid(_("请选择印什么、用什么纸。"))
    job = PrintJob(
        once=once,
        kind=kind,
        area_code=area_code,
        paper=paper,
        language=language,
        asked_at=now,
        asked_by=by,
    )
    if not communities(session, job):
        raise Invalid(_("这个范围里没有在用的海报或工作证，没有可印的。"))
    session.add(job)
    session.flush()
    return job


def one(session: Session, job_id: int) -> PrintJob:
    """Return a job; raise NotFound."""
    job = session.get(PrintJob, job_id)
    if job is None:
        raise NotFound(_("没有这个印刷任务。"))
    return job


def waiting(session: Session) -> list[PrintJob]:
    """Return the jobs that aren't finished, the oldest first."""
    return list(session.scalars(select(PrintJob).where(PrintJob.finished_at.is_(None)).order_by(PrintJob.id)))


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


def proven(
    session: Session,
    job: PrintJob,
    *,
    community: str,
    sheets: int,
    symbols: int,
    digest: str,
    posters: Sequence[int],
    now: datetime,
) -> PrintProof:
    """Store that a community's file was read back and is right, with its posters' date; once and for all."""
    if session.get(PrintProof, (job.id, community)) is not None:
        raise Conflict(_("这一份已经校过了。"))
    proof = PrintProof(
        job_id=job.id,
        community_code=community,
        sheets=sheets,
        symbols=symbols,
        digest=digest,
        proofed_at=now,
    )
    session.add(proof)
    for start in range(0, len(posters), 500):
        some = posters[start : start + 500]
        session.execute(update(Poster).where(Poster.id.in_(some)).values(proofed_at=now))
    session.flush()
    ledger.write(session, "print.proof", at=now, j=job.id, c=community, n=sheets, d=digest)
    return proof


def is_unchanged(path: Path, proof: PrintProof) -> bool:
    """Tell whether a file is there and is the very one that was proven."""
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == proof.digest


def finish(session: Session, job_id: int, *, now: datetime, failure: str = "") -> None:
    """Note that a job is done, or given up and why."""
    job = one(session, job_id)
    job.finished_at, job.failure = now, failure[:200]
    session.flush()


def latest(session: Session, *, most: int) -> list[PrintJob]:
    """Return the latest jobs, the newest first."""
    return list(session.scalars(select(PrintJob).order_by(PrintJob.id.desc()).limit(most)))


def made(session: Session, jobs: Sequence[PrintJob]) -> Mapping[int, int]:
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
