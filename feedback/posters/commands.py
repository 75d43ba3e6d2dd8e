"""Posters and badges on paper, by command line; `work` carries out what pages ask for by the same command."""

from __future__ import annotations

from pathlib import Path

import click

from feedback.posters.operations import print_jobs
from feedback.posters.queries import print_jobs as print_queries
from feedback.posters.rules import qr, requests
from feedback.posters.rules.requests import PrintRequest
from huying.base import clock
from huying.base.i18n import _
from huying.side.opening import opened


@click.group()
def posters() -> None:
    """Print posters and badges: one PDF a community, every sheet read back before it is released."""


@posters.command("print")
@click.option("--area", metavar="CODE", help="Of this area and those below it (default: of all).")
@click.option("--badges", is_flag=True, help="Badge cards instead of posters.")
@click.option("--paper", type=click.Choice(requests.PAPERS), default="a4", show_default=True)
@click.option(
    "--language",
    type=click.Choice(requests.LANGUAGES),
    default="zh",
    show_default=True,
    help="Chinese, or Chinese with English below.",
)
@click.option("--job", "job_id", type=int, metavar="N", help="Carry out, or resume, this job.")
def print_(*, area: str | None, badges: bool, paper: str, language: str, job_id: int | None) -> None:
    """Make the PDFs and say where they are. Interrupted, it goes on where it was with --job N."""
    from feedback.posters.press import printing  # noqa: PLC0415  (typesetter and decoder are a job's own)

    with opened() as installation:
        qr.check_host(installation.settings.for_serving().base_url)  # the symbol holds that address
        if job_id is None:
            with installation.database.transaction() as session:
                job_id = print_jobs.ask(
                    session,
                    PrintRequest(
                        kind="badge" if badges else "poster", area_code=area, paper=paper, language=language
                    ),
                    by=print_jobs.BY_COMMAND,
                    now=clock.now(),
                ).id
        click.echo(_("印刷任务 %(job_id)s", job_id=job_id))
        printing.carry_out(installation, job_id, told=click.echo)
        click.echo(_("完成：%(folder)s", folder=_near(printing.folder(installation, job_id))))


@posters.command()
def status() -> None:
    """List the latest print jobs and how far they are."""
    with opened() as installation, installation.database.reading() as session:
        jobs = print_queries.latest(session, most=20)
        made = print_queries.proven_count(session, jobs)
        for job in jobs:
            wanted = len(print_queries.communities(session, job))
            state = job.failure or (_("完成") if job.finished_at else _("进行中"))
            click.echo(f"{job.id}\t{job.kind}\t{job.paper}\t{made[job.id]}/{wanted}\t{state}")


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
