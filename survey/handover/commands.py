"""Packages and reports of a release by command line, and a release made again to be compared."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.press import setting
from huying.side.files import BY, write, written
from huying.side.opening import opened
from survey.datafiles import operations
from survey.handover.press import content
from survey.handover.queries import packages, reports
from survey.handover.rules import auditing, zipped
from survey.handover.rules.comparing import FirstDifference
from survey.scores.commands import told
from survey.scores.queries.desk import ReadReleases

NUMBER = click.option("--release", "number", type=click.IntRange(1), help="Which release; else the last one.")


@click.command("package")
@click.argument("wave")
@click.option("--out", type=written, required=True, help="The zip file; it is for accredited auditors alone.")
@click.option("--purpose", required=True, help="What for; it stands in the records.")
@NUMBER
def package(wave: str, out: Path, purpose: str, number: int | None) -> None:
    """Write the package of WAVE's release for auditors: rows without a name, seed, terms, a script for R.

    The release is made again for it; how far that is goes to standard error.
    """
    with opened() as installation, installation.database.transaction() as session:
        operations.take(session, wave, by=BY, purpose=purpose, now=clock.now())
        found = packages.for_auditors(session, wave, number=number, told=told)
    write(out, zipped.packed(found))
    click.echo(str(out))


@click.command("report")
@click.argument("wave")
@click.argument("area")
@click.option("--out", type=written, required=True, help="The PDF file.")
def report(wave: str, area: str, out: Path) -> None:
    """Write the report of AREA, a code of WAVE's release: a city, a street, a community or a grid."""
    with opened() as installation, installation.database.reading() as session:
        settings = installation.settings
        found = reports.of(session, ReadReleases(), wave, area)
        said = content.of(found, base_url=settings.base_url, demo=settings.demo)
    write(out, setting.pdf(content.TEMPLATE, said))
    click.echo(str(out))


@click.command("recompute")
@click.argument("source", metavar="FILE|WAVE")
@NUMBER
@click.pass_context
def recompute(context: click.Context, source: str, number: int | None) -> None:
    """Make a release again and compare it to the last bit: of a package for auditors, or of WAVE as stored.

    Exit status 0: equal. 1: it isn't, and the first cell that differs is printed.
    """
    path = Path(source)
    if path.is_file():
        held = auditing.read(zipped.unpacked(path))
        found = packages.remade(held, told=told)
    else:
        with opened() as installation, installation.database.reading() as session:
            found = packages.made_again(session, source, number=number)
    click.echo(_verdict(found))
    context.exit(0 if found is None else 1)


def _verdict(found: FirstDifference | None) -> str:
    if found is None:
        return _("相同：重新算出的表和公布的逐位相同。")
    return _(
        "不同：%(where)s 的 %(column)s，公布的是 %(published)s，重新算出的是 %(now)s。",
        where=found.where,
        column=found.column,
        published=found.published,
        now=found.now,
    )
