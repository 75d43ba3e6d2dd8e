"""Jobs that print: what was asked, which files came of it, each with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.models import Poster, PrintJob, PrintProof
from feedback.posters.queries.print_jobs import communities, one
from feedback.posters.rules.requests import PrintRequest
from feedback.web.queries import readiness
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.store import locks

BY_COMMAND = "command line"
"""Who asks for jobs that the command itself carries out."""


def ask(
    session: Session, request: PrintRequest, *, by: str, now: datetime, once: str | None = None
) -> PrintJob:
    """Store that sheets are wanted; raise Invalid if there is nothing to print.

    A poster opens the door to residents: raise Conflict while a case could be on nobody's desk.
    """
    locks.hold(session, "print")
    known = session.scalar(select(PrintJob).where(PrintJob.once == once)) if once else None
    if known is not None:
        return known
    if not request.is_known:
        raise Invalid(_("请选择印什么、用什么纸。"))
    if request.kind == "poster":
        readiness.refuse_too_early(session)
    job = PrintJob(
        once=once,
        kind=request.kind,
        area_code=request.area_code,
        paper=request.paper,
        language=request.language,
        asked_at=now,
        asked_by=by,
    )
    if not communities(session, job):
        raise Invalid(_("这个范围里没有在用的海报或工作证，没有可印的。"))
    session.add(job)
    session.flush()
    return job


def waiting(session: Session) -> list[PrintJob]:
    """Return the jobs that aren't finished, the oldest first."""
    return list(session.scalars(select(PrintJob).where(PrintJob.finished_at.is_(None)).order_by(PrintJob.id)))


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


def finish(session: Session, job_id: int, *, now: datetime, failure: str = "") -> None:
    """Note that a job is done, or given up and why."""
    job = one(session, job_id)
    job.finished_at, job.failure = now, failure[:200]
    session.flush()
