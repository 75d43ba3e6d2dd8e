"""The calendar of days off by command line."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.side.files import BY, existing
from huying.side.opening import opened
from survey.waves.operations import days_off as operations
from survey.waves.queries import holidays
from survey.waves.rules import days_off as rules


@click.command("days-off")
@click.argument("file", type=existing, required=False)
def days_off(file: Path | None) -> None:
    """Take in FILE, a CSV of public holidays and worked weekend days; without one, print the calendar.

    A line is date, kind, name: 2027-02-06,放假,春节 (or holiday), 2027-02-20,上班,春节 (or workday); 平常 (or
    usual) takes a day out. Nobody is called on a holiday; a worked weekend day has a weekday's windows.
    Days of the past stay as they were.
    """
    if file is not None:
        stated = rules.read(file.read_bytes(), file=file.name)
        with opened() as installation, installation.database.transaction() as session:
            taken = operations.take(session, stated, by=BY, now=clock.now())
        click.echo(taken.sentence)
        return
    with opened() as installation, installation.database.reading() as session:
        for each in holidays.every(session):
            click.echo(f"{each.day.isoformat()},{each.kind},{each.name}")
