"""Scores by command line."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.side.files import write, written
from huying.side.opening import opened
from survey.scores import operations
from survey.scores.queries import releases
from survey.scores.queries.export import csv_of
from survey.scores.rules.estimation import ScoreRow


@click.command()
@click.argument("wave")
@click.option("--csv", "file", type=written, help="Write all rows to this file.")
def estimate(wave: str, file: Path | None) -> None:
    """Estimate the scores of WAVE once its field is closed, and freeze them.

    The first release of a wave stands; asked again, the same is shown. Cells with fewer than ten answers
    stay hidden, and so does what would give them away.
    """
    with opened() as installation, installation.database.transaction() as session:
        release = operations.estimate(session, wave, now=clock.now())
        rows = releases.rows_of(release)
        data = csv_of(release)
    if file is not None:
        write(file, data)
    for row in rows:
        if row.item == "overall" and row.den == "rated":
            click.echo(_line(row))


def _line(row: ScoreRow) -> str:
    figure = "–" if row.est_direct is None else f"{row.est_direct:.3f}"
    limits = "" if row.lo95_direct is None else f"  {row.lo95_direct:.3f}–{row.hi95_direct:.3f}"
    return f"{row.level:<6} {row.unit_id:<16} n {row.n_item:<5} {figure}{limits}  {row.OBS_STATUS}"
