"""A print job carried out: community by community, each file proven before it gets its name; resumable."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from feedback.posters.operations import print_jobs
from feedback.posters.press import proof, sheets
from feedback.posters.press.proof import Expected, Proof
from feedback.posters.press.sheets import CARDS_ON_A_SHEET, BadgeRow, PosterRow, Sheet
from feedback.posters.queries import print_jobs as print_queries
from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.press import font
from huying.press.font import Font
from huying.store.installation import Installation

Told = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a community's file holds: the rows as they are printed, and the posters that they are."""

    rows: Sequence[PosterRow] | Sequence[BadgeRow]
    posters: Sequence[int]

    @property
    def expected(self) -> list[Expected]:
        """What each page has to say."""
        a_page = CARDS_ON_A_SHEET if self.rows and isinstance(self.rows[0], BadgeRow) else 1
        pages = [self.rows[start : start + a_page] for start in range(0, len(self.rows), a_page)]
        return [
            Expected(tuple(row.code for row in page), tuple(row.dial_code for row in page)) for page in pages
        ]


def folder(installation: Installation, job_id: int) -> Path:
    """Return where a job's files are."""
    return installation.settings.data / "print" / str(job_id)


def apart(make: Callable[[], bytes]) -> bytes:
    """Return what a process of its own makes: typst keeps what it set, a gigabyte after twenty files."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(make).result()


def file_of(installation: Installation, job_id: int, community: str) -> Path:
    """Return where a community's file of a job is once it is proven."""
    return folder(installation, job_id) / f"{community}.pdf"


def carry_out(installation: Installation, job_id: int, *, told: Told = print) -> None:
    """Make what a job still lacks, and finish it; a job that can't be made is given up with the reason.

    What was proven before an interruption is kept, what was half written is made again.
    """
    with installation.database.reading() as session:
        wanted = print_queries.communities(session, print_queries.one(session, job_id))
    left_out: list[str] = []
    try:
        chosen = font.find()
        for number, community in enumerate(wanted, start=1):
            pages = _community(installation, job_id, community, chosen=chosen, left_out=left_out)
            told(
                _(
                    "%(number)s/%(all)s %(community)s：%(pages)s 张，已逐张校对。",
                    number=number,
                    all=len(wanted),
                    community=community,
                    pages=pages,
                )
            )
        if left_out and not _made(installation, job_id):
            raise Refused(_told_of(left_out))
    except Refused as fault:
        with installation.database.transaction() as session:
            print_jobs.finish(session, job_id, now=clock.now(), failure=str(fault.message))
        raise
    with installation.database.transaction() as session:
        failure = _told_of(left_out) if left_out else ""
        print_jobs.finish(session, job_id, now=clock.now(), failure=failure)
    for each in left_out:
        told(each)


def _made(installation: Installation, job_id: int) -> bool:
    with installation.database.reading() as session:
        return bool(print_queries.proofs(session, job_id))


def _told_of(left_out: Sequence[str]) -> str:
    return _("%(n)d 张没有印，其余已印：%(rows)s", n=len(left_out), rows=" ".join(left_out))


def _community(
    installation: Installation, job_id: int, community: str, *, chosen: Font, left_out: list[str]
) -> int:
    """Make and prove one community's file, unless it is there already; return its pages.

    A row that can't be printed is left out, with the reason; the others are printed.
    """
    path = file_of(installation, job_id, community)
    with installation.database.reading() as session:
        job = print_queries.one(session, job_id)
        known = print_queries.proofs(session, job_id).get(community)
        if known is not None and print_queries.is_unchanged(path, known):
            return known.sheets
        whole = (
            _posters(session, installation, community)
            if job.kind == "poster"
            else _badges(session, community)
        )
    batch, faults = _printable(whole, chosen)
    left_out += faults
    if not batch.rows:
        return 0
    sheet = Sheet(
        installation.settings.base_url,
        job.paper,
        job.language,
        clock.local(job.asked_at).date(),
        demo=installation.settings.demo,
    )
    make: Callable[..., bytes] = sheets.posters if job.kind == "poster" else sheets.badges
    pdf = apart(partial(make, batch.rows, sheet, font=chosen))
    found = proof.prove(pdf, batch.expected, base_url=installation.settings.base_url)
    _write(path, pdf)
    if known is None:
        _keep(installation, job_id, community, found, batch)
    elif known.digest != found.digest:
        raise Refused(
            _("%(community)s 的文件丢失后重做，和校对过的不一样：请另建一个印刷任务。", community=community)
        )
    return found.pages


def _keep(installation: Installation, job_id: int, community: str, found: Proof, batch: Batch) -> None:
    with installation.database.transaction() as session:
        print_jobs.proven(
            session,
            print_queries.one(session, job_id),
            community=community,
            sheets=found.pages,
            symbols=found.read,
            digest=found.digest,
            posters=batch.posters,
            now=clock.now(),
        )


def _posters(session: Session, installation: Installation, community: str) -> Batch:
    at = print_queries.institutions(session, community, vault=installation.vault)
    found = print_queries.posters_of(session, community)
    names = print_queries.names_above(session, community)
    rows = [
        PosterRow(
            code=poster.code,
            dial_code=poster.dial_code,
            place=poster.place,
            area=f"{names} {grid.name}",
            office=at.office,
            office_number=at.office_number,
            call_in=at.call_in,
            serial=poster.id,
        )
        for poster, grid in found
    ]
    return Batch(rows, [poster.id for poster, _grid in found])


def _printable(whole: Batch, chosen: Font) -> tuple[Batch, list[str]]:
    """Return what the font has a shape for, and a sentence on each row that it hasn't."""
    rows: list[PosterRow | BadgeRow] = [*whole.rows]
    missing = [
        chosen.lacks([row.area, row.place if isinstance(row, PosterRow) else row.surname]) for row in rows
    ]
    kept = [at for at, signs in enumerate(missing) if not signs]
    fit: list[Any] = [whole.rows[at] for at in kept]
    posters = [whole.posters[at] for at in kept] if whole.posters else []
    faults = [_fault(row, signs) for row, signs in zip(rows, missing, strict=True) if signs]
    return Batch(fit, posters), faults


def _fault(row: PosterRow | BadgeRow, signs: str) -> str:
    named = " ".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in signs)
    where = row.place if isinstance(row, PosterRow) else row.surname
    return _("%(code)s“%(where)s”里的 %(signs)s 印不出来。", code=row.dial_code, where=where, signs=named)


def _badges(session: Session, community: str) -> Batch:
    names = print_queries.names_above(session, community)
    rows = [
        BadgeRow(badge.code, badge.dial_code, print_queries.printed_name(worker), f"{names} {grid.name}")
        for badge, worker, grid in print_queries.badges_of(session, community)
    ]
    return Batch(rows, [])


def _write(path: Path, data: bytes) -> None:
    """Write a file so that under its name there is all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
