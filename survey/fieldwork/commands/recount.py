"""The board's counts by command line: counted anew from every case."""

from __future__ import annotations

import sys

import click

from huying.base.i18n import _
from huying.side.opening import opened
from survey.fieldwork.queries.board import counts
from survey.waves.commands.waves import label
from survey.waves.queries import waves


@click.command("recount")
@label
def recount(label: str) -> None:
    """Count a wave's field anew, from cases, attempts, appointments. Exit status 1 if a count differs."""
    with opened() as installation, installation.database.reading() as session:
        differing = counts.differing(session, waves.find(session, label).label)
    click.echo(_("与重新数的不符的计数：%(n)s。", n=len(differing)))
    for what, key, kept, true in differing:
        click.echo(f"{what}\t{key}\t{kept}\t{true}")
    sys.exit(1 if differing else 0)
