"""Data files by command line."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.files import BY, folder, write
from huying.side.opening import opened
from survey.datafiles import operations
from survey.datafiles.queries import packages, studies
from survey.datafiles.rules.package import package
from survey.datafiles.rules.writing import FORMATS


@click.command("data")
@click.argument("wave")
@click.option(
    "--out", type=folder, required=True, help="Folder for the files; they are for statisticians alone."
)
@click.option("--purpose", required=True, help="What for; it stands in the records.")
@click.option(
    "formats",
    "--format",
    type=click.Choice([*FORMATS]),
    multiple=True,
    default=["csv"],
    help="One or several.",
)
def data(wave: str, out: Path, purpose: str, formats: tuple[str, ...]) -> None:
    """Write the data files of WAVE once its scores are frozen: cases, interviews, calls, and a codebook.

    Households and interviewers bear numbers of these files alone; no words of a respondent are in them.
    """
    with opened() as installation, installation.database.transaction() as session:
        operations.take(session, wave, by=BY, purpose=purpose, now=clock.now())
        files = packages.of_wave(session, wave, secret=packages.secret(installation.keys))
        found = package(studies.of_wave(session, wave), files, formats=formats)
    for name, written in found.items():
        write(out / name, written)
    for file in files:
        click.echo(
            _("%(name)s：%(n)s 行，%(m)s 个变量", name=file.name, n=len(file.rows), m=len(file.variables))
        )
