"""Whose hours a period's were, by command."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.files import write, written
from huying.side.opening import opened
from survey.attribution import operations
from survey.attribution.queries import attributions
from survey.attribution.queries.export import csv_of
from survey.attribution.rules.custody import WORKER
from survey.attribution.rules.weights import WEIGHTS
from survey.attribution.rules.words import between, count, holder_name, percent
from survey.scores.rules.pipeline import CITY

Weights = tuple[tuple[str, float], ...]


@click.command()
@click.argument("period")
@click.option("--by", required=True, metavar="LOGIN", help="Whose name stands under it.")
@click.option("--why", default="", help="Why it is done again, one plain sentence; it is published.")
@click.option(
    "--weight",
    "weights",
    multiple=True,
    type=(click.Choice(tuple(WEIGHTS)), float),
    help="A part of a worker's score and its weight; all or none. Satisfaction is at least 0.5.",
)
@click.option("--csv", "file", type=written, help="Write all tables to this file.")
def attribute(period: str, *, by: str, why: str, weights: Weights, file: Path | None) -> None:
    """Tell whose hours those of PERIOD were (2026Q4 or 2026W48), and freeze it: worker, department, street.

    Cases due in it count, as the last deposit tells them. The first release stands; asked again, the same is
    shown, and with --why it is made again beside it. Whoever stayed silent blames nobody.
    """
    with opened() as installation, installation.database.transaction() as session:
        operations.attribute(
            session, period, by=by, why=why, weights=dict(weights) or WEIGHTS, now=clock.now()
        )
        made = attributions.get(session, period)
    if file is not None:
        write(file, csv_of(made))
    totals = made.found.totals
    click.echo(
        _(
            "%(period)s 第 %(n)s 次：没解决的 %(unresolved)s 件，分摊合计 %(blame)s 件。",
            period=period,
            n=made.release.number,
            unresolved=totals.unresolved,
            blame=count(totals.blame),
        )
    )
    for row in sorted(made.found.holders, key=lambda row: (row.holder != WORKER, row.holder)):
        if row.level == CITY:
            click.echo(f"{holder_name(row.holder)}  {percent(row.rate)}  {between(row.low, row.high)}")
